"""What people name when somebody is in danger, and what they say when nobody is: words by what they mean.

A danger is seldom told with the words of another; it is told by who does what to whom, with what, and when. So what was
learnt about danger looks at these meanings and at which of them stand in one message, beside the words themselves.
"""

MEANINGS: dict[str, str] = {
    "attack": """đánh, đập, đấm, đạp, chém, đâm, bóp cổ, tát, quất, rượt, đuổi đánh, tạt, giết, hành hạ, bạo
        hành, đánh đập, đập đầu, đập phá, treo ngược, dí, xô, lôi, kéo lê, xông vô, xông vào, lên cơn, say đánh,
        đòn, ngáo, quậy phá""",
    "weapon": """dao, gậy, búa, rìu, kéo, mã tấu, súng, can xăng, đổ xăng, tưới dầu, axit, roi, cây sắt, dây
        điện quất, hung khí, kim tiêm, nước sôi, bật quẹt, châm lửa, lựu đạn, bom, mìn, vũ khí, cầm cây, cầm
        gạch""",
    "threat": """dọa, hăm dọa, đe dọa, đòi giết, đòi chém, đòi đốt, dọa giết, sẽ giết, sẽ đâm, nếu ra khỏi, đòi
        chết, đòi nhảy, đòi tự tử, rình, theo dõi tới nhà, chặn đường, uy hiếp, khống chế""",
    "child": """con bé, thằng bé, em bé, cháu bé, bé gái, bé trai, đứa nhỏ, đứa bé, tụi nhỏ, con nít, trẻ con,
        trẻ em, học sinh, học trò, sơ sinh, hai đứa nhỏ, mấy đứa, con em, con tôi, cháu tôi, bé, cháu gái, con
        gái, con trai, thằng nhỏ, con nhỏ, nhóc, mấy em, lớp 1, lớp 2, lớp 3, lớp 4, lớp 5, lớp 6, lớp 7, tuổi""",
    "weak": """bà cụ, ông cụ, cụ già, cụ bà, cụ ông, bà già, ông già, người già, bà lão, ông lão, bà nội, bà
        ngoại, ông nội, ông ngoại, bầu, bà bầu, mang thai, liệt giường, khuyết tật, người lang thang, vô gia cư,
        bị lẫn, lú lẫn""",
    "kin": """vợ, chồng, ck, vk, mẹ, má, ba, cha, bố, dượng, cha dượng, mẹ kế, người yêu, người yêu cũ, chồng
        cũ, bạn trai, anh trai, chị gái, em gái, chị dâu, con rể, bạn em, bạn tôi, cả nhà, tụi em""",
    "stranger": """người lạ, hàng xóm, nhà bên, nhà kế bên, nhà đối diện, phòng kế, phòng bên, chủ trọ, chủ
        quán, ông chủ, bà chủ, thầy giáo, thầy, kẻ trộm, trộm, cướp, thanh niên, nhóm, tụi nó, ông kia, bà kia,
        hai người""",
    "abuse": """sờ mó, sờ soạng, sờ người, sờ vào, xâm hại, hiếp dâm, hiếp, dâm ô, cưỡng bức, cưỡng hiếp, sàm
        sỡ, làm nhục, quấy rối, đụng chạm, cởi đồ, vô phòng, vào giường, ép quan hệ, kéo vô phòng, gạ gẫm, quay
        lén, clip nóng, có bầu""",
    "confined": """nhốt, bị nhốt, khóa cửa, khóa trái, trói, xích, giam, bị giam, bị giữ, giữ người, giữ giấy
        tờ, không cho về, không cho ra, không ra được, mắc kẹt, kẹt, bị kẹt, không thoát, bị bắt, bắt nhịn, bỏ
        đói, cho ăn cơm thừa, lấy hết tiền, ép, bắt ép""",
    "hiding": """trốn, núp, đang trốn, chạy qua nhà, chạy ra đường, không dám ra, không dám về, không dám nói,
        nhắn lén, co ro, ẩn, cầu cứu, không dám ngủ, không dám lại gần, không ai dám, ai cũng bỏ chạy""",
    "injured": """máu, chảy máu, máu me, ngất, xỉu, bất tỉnh, co giật, tím tái, tím, bầm tím, bầm dập, sưng,
        gãy tay, gãy chân, bỏng, phỏng, thoi thóp, khó thở, không thở, ngừng thở, nằm im, bất động, nằm đơ, mê
        man, sùi bọt mép, hôn mê, bị thương, nguy kịch, hấp hối, lả, kiệt sức, yếu lắm, sắp chết, còn thở, nằm
        giữa đường, gục""",
    "ill": """đột quỵ, chuyển dạ, vỡ ối, đau đẻ, sắp sinh, đẻ rơi, sặc, hóc, ngộp, ngạt, rắn cắn, rắn hổ, ong
        đốt, ngộ độc, ói, ôm ngực, tai biến, lên cơn, xe cứu thương, xe cấp cứu, không có xe""",
    "fallen": """té, ngã, rớt, rơi, lọt, sụp, rớt xuống, rơi xuống, té xuống, ngã xuống, lọt xuống, hụp xuống,
        chìm, đuối nước, chết đuối, xuống sông, xuống giếng, xuống mương, xuống ao, xuống cống, nước cuốn""",
    "crying": """khóc, la hét, la lớn, kêu cứu, van xin, thét, la làng, la cứu, khóc ngất, khóc la, khản tiếng,
        khóc suốt, tiếng la, tiếng khóc, tiếng trẻ, khóc một mình, kêu la, gào""",
    "help": """cứu, cứu với, cứu em, cứu tôi, giúp với, giúp em với, ai tới, tới liền, tới gấp, khẩn cấp, cho
        người, mau lên, nhanh lên, can giùm, gọi giùm, gọi công an, công an tới, ai cứu, cứu hộ, cứu hỏa, xe
        chữa cháy, làm ơn tới, phải làm sao, làm gì bây giờ, báo giùm, gọi ai, kêu ai, báo ai, mau mau, ra can,
        kéo vô, xuống liền, tới ngay""",
    "now": """đang, ngay bây giờ, ngay lúc này, hôm nay, tối nay, đêm nay, vừa, vừa mới, nãy giờ, từ sáng, từ
        tối, từ trưa, từ chiều, từ hôm qua, từ đêm qua, sắp, giờ này, bây giờ, lúc này, hồi nãy, mới đây, còn
        trong, còn nằm, còn kẹt, liền tay, mấy ngày nay, hai ngày nay, ba ngày nay""",
    "daily": """ngày nào cũng, hôm nào cũng, tối nào cũng, đêm nào cũng, mỗi đêm, mỗi tối, hay bị, cứ bị, hoài""",
    "lost": """lạc, đi lạc, mất tích, chưa về, chưa thấy về, không thấy về, mất liên lạc, gọi không được, tắt
        máy, tìm không thấy, tìm khắp, bỏ đi, bỏ nhà đi, bỏ rơi, bị bỏ, bỏ lại, vứt, một mình, không ai nhận,
        không nhớ đường, không nhớ nhà, ở nhà một mình, không trả lời, không mở cửa, gọi không trả lời, đi từ
        sáng, không biết ba mẹ""",
    "taken": """dụ, rủ, dắt, bắt cóc, bắt đi, kéo lên xe, lên xe, chở đi, bồng chạy, ẵm chạy, đón đi, ôm đi, bị
        bán, bán qua, bán sang, lừa bán, lừa qua, qua biên giới, sang biên giới, campuchia, myanmar, tiếp khách,
        chích điện, tiền chuộc, đòi chuộc, casino, lấy chồng bên, việc nhẹ, bắt làm, ép tiếp, quán bia ôm, bán
        dâm""",
    "despair": """tự tử, tự vẫn, tự sát, nhảy lầu, nhảy cầu, nhảy xuống, tuyệt mệnh, vĩnh biệt, từ biệt, tạm
        biệt mọi người, không muốn sống, hết muốn sống, chán sống, uống thuốc, uống nhầm, cắt tay, cắt cổ tay,
        treo cổ, chết quách, chết cho, kết thúc tất cả, hết chịu nổi, lan can, sân thượng, đứng trên cầu, thành
        cầu, thuốc sâu, thuốc trừ sâu, thuốc ngủ, thuốc chuột, thuốc cỏ, trầm cảm, tin cuối cùng, đừng tìm, sống
        làm gì, đi theo, xin lỗi mọi người, cầm dây""",
    "water": """nước dâng, nước lên, nước ngập, ngập tới, ngập đến, nước tới, nước vô nhà, nước vào nhà, trên
        nóc, nóc nhà, lên gác, mái nhà, leo lên, lũ về, lũ quét, bị lũ, cuốn trôi, trôi, nước xiết, nước cuốn,
        bị vây, cô lập, nước tràn, trên mái, cho ghe, cho xuồng, ca nô, chưa ai vô, chưa ai tới, ngang ngực, tới
        cổ, tới ngực, sát trần, vỡ đê, lật ghe, lật xuồng""",
    "collapse": """sạt, sạt lở, lở, lở tới, sụp, sập, sập nhà, nứt toác, đang nứt, nứt tiếp, đổ xuống, đổ đè,
        đè lên, đè trúng, vùi, vùi lấp, bị đè, nghiêng, sắp đổ, sắp sập, tuột xuống, đá lăn, đất đá, chạy không
        kịp, giàn giáo, cần cẩu""",
    "fire": """cháy, đang cháy, bốc cháy, bắt lửa, lửa, lửa cao, bùng, bùng lên, phụt lửa, khói, khói đen, khói
        mù, bốc khói, nổ, phát nổ, xì gas, rò gas, mùi gas, bình gas, cháy nhà, cháy lan, lan qua, hỏa hoạn, báo
        cháy, rò khí, tràn xăng""",
    "current": """dây điện đứt, dây đứt, đứt dây, dây điện rớt, dây điện rơi, điện giật, bị giật, giật điện,
        trụ điện gãy, trụ điện ngã, xẹt lửa, tóe lửa, chạm điện, rò điện, tê tay, hở điện, cao thế""",
    "crash": """tông, tông xe, lật xe, xe lật, cán, bị cán, tai nạn, đâm xe, va chạm, dưới gầm, xe tải, xe
        khách""",
    "trap": """mất nắp, miệng cống mở, hố sâu, không rào, chưa rào, nắp cống mất, mất nắp cống, tan học, sắp
        về, đi học về, người đi qua, còn đang đào, vật lạ, cắn người, chó dại""",
    "papers": """thủ tục, hồ sơ, giấy tờ, làm giấy, xin giấy, làm đơn, nộp đơn, khai tử, khai sinh, chứng tử,
        bảo hiểm, sổ, giấy phép, đăng ký, trích lục, hỗ trợ, trợ cấp, cấp lại, làm lại, lệ phí, giấy khen, khen,
        khen thưởng, di chúc, ủy quyền, căn cước, mai táng, chế độ, học nghề, đền bù, bồi thường, thanh toán,
        viện phí, xác nhận, giám định, cấp phép, đơn, mẫu""",
    "asking": """hỏi, bao nhiêu, ở đâu, khi nào, bao giờ, chừng nào, như thế nào, được không, có phải, mấy giờ,
        ngày nào, cần gì, gồm gì, làm sao, có được, có bị phạt, bị phạt, là gì, số mấy, mức nào, điều kiện, xin
        hỏi, muốn hỏi, cho hỏi""",
    "past": """năm ngoái, năm trước, năm kia, hồi trước, hồi đó, hồi nhỏ, hồi xưa, ngày xưa, tháng trước, tuần
        trước, tuần rồi, tháng rồi, hôm trước, hôm bữa, bữa trước, hồi đầu năm, hồi tháng, đã xử, xử rồi, xử
        xong, xong rồi, đã khỏe, ra viện, xuất viện, đã về, về rồi, rút rồi, hết rồi, yên rồi, khâu rồi, chích
        rồi, trước đây, trước kia, chiến tranh, kháng chiến, năm 19, năm 20, mất rồi, qua đời, đã mất""",
    "figurative": """muốn chết, chết luôn, chết mất, chết được, chết đi được, muốn xỉu, haha, hihi, cười, phim,
        game, truyện, bóng đá, deadline, ghê, sale, giảm giá, pin, app, máy treo, mạng, crush, đau tim, sấp mặt,
        nhậu, vui, karaoke, ồn, nóng, đánh bài, đánh đề, số đề, đánh máy, đánh trống, đánh giá, đánh mất, đánh
        số, chạy xe, bán chạy""",
    "complaint": """đề nghị, kiến nghị, nhắc nhở, nhờ kiểm tra, xin kiểm tra, sửa giùm, đề phòng, nguy cơ, mỗi
        khi, hễ, hay, mất ngủ, hôi, ồn ào, mất vệ sinh, bao giờ sửa, dọn, tỉa, gắn, lắp, nạo vét, phản ánh, xử
        lý giùm, xử lý""",
    "lesson": """lớp, lớp học, tập huấn, tuyên truyền, phòng chống, phòng tránh, kỹ năng, võ, võ thuật, tài
        liệu, bài, cuộc thi, câu lạc bộ, tổ chức, dân quân, đội, hội thao, luật, quy định, mức phạt""",
}
