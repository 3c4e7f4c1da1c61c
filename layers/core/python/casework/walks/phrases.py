"""The room's own sentences, in the three languages of its callers."""

from __future__ import annotations

_PHRASES = {
    "depth_cap": {
        "en": "All steps of this walk are used up and the problem is still there. Escalate it.",
        "th": "ทำครบทุกขั้นตอนแล้วแต่ปัญหายังอยู่ กรุณาส่งต่อให้วิศวกร",
        "zh": "本次排查的步骤已经用完，问题仍然存在。请转交工程师处理。",
    },
    "assistant_down": {
        "en": "The assistant does not answer. Your answer is kept: go on with free steps, or ask for the next node again.",
        "th": "ผู้ช่วยไม่ตอบในขณะนี้ คำตอบของคุณถูกบันทึกแล้ว ทำขั้นตอนเองต่อได้ หรือขอขั้นถัดไปอีกครั้ง",
        "zh": "助手暂时没有回应。您的回答已保存：可以自行记录步骤继续，或稍后再次请求下一步。",
    },
    "nobody_told": {
        "en": "Nobody was told: neither the account nor the tenant names a recipient who gets mail. The session is in the hand-off queue.",
        "th": "ยังไม่มีผู้รับแจ้ง เพราะบัญชีและหน่วยงานไม่ได้กำหนดผู้รับ รายการนี้อยู่ในคิวส่งต่อ",
        "zh": "没有通知任何人：账户和租户都没有可用的接收人。该会话已在转交队列中。",
    },
    "mails_used_up": {
        "en": "No mail left: today's limit is reached. The session is in the hand-off queue.",
        "th": "ไม่ได้ส่งอีเมล เพราะครบจำนวนของวันนี้แล้ว รายการนี้อยู่ในคิวส่งต่อ",
        "zh": "今日邮件数量已达上限，未发送邮件。该会话已在转交队列中。",
    },
    "solved": {
        "en": "Solved. Confirm with the caller and resolve the session.",
        "th": "แก้ไขแล้ว ยืนยันกับผู้แจ้งแล้วปิดรายการ",
        "zh": "已解决。请与来电者确认后结束会话。",
    },
    "subject": {"en": "Handed over: {problem}", "th": "ส่งต่อ: {problem}", "zh": "转交：{problem}"},
    "intro": {
        "en": "A walk was handed over to you. Reason: {reason}.",
        "th": "มีรายการส่งต่อถึงคุณ เหตุผล: {reason}",
        "zh": "有一项排查转交给您。原因：{reason}。",
    },
    "needs_field_visit": {"en": "a visit on site is needed", "th": "ต้องออกไปหน้างาน", "zh": "需要上门处理"},
    "needs_specialist": {"en": "a specialist is needed", "th": "ต้องให้ผู้เชี่ยวชาญ", "zh": "需要专业工程师"},
    "permission": {"en": "permissions are missing", "th": "ไม่มีสิทธิ์ดำเนินการ", "zh": "缺少权限"},
    "safety": {"en": "safety", "th": "ความปลอดภัย", "zh": "安全问题"},
    "repeat_issue": {"en": "the problem came back", "th": "ปัญหาเดิมเกิดซ้ำ", "zh": "问题反复出现"},
    "out_of_scope": {"en": "out of the desk's scope", "th": "นอกขอบเขตของศูนย์บริการ", "zh": "超出服务台范围"},
    "caller_request": {"en": "the caller asked for it", "th": "ผู้แจ้งขอให้ส่งต่อ", "zh": "来电者要求"},
    "other": {"en": "other", "th": "อื่น ๆ", "zh": "其他"},
    "problem": {"en": "Problem", "th": "ปัญหา", "zh": "问题"},
    "remark": {"en": "Remark", "th": "หมายเหตุ", "zh": "备注"},
    "steps": {"en": "What was tried", "th": "สิ่งที่ลองแล้ว", "zh": "已尝试的步骤"},
    "no_steps": {"en": "nothing yet", "th": "ยังไม่ได้ลองอะไร", "zh": "尚未尝试"},
    "reference": {"en": "Session", "th": "รายการ", "zh": "会话"},
}


def phrase(name: str, language: str, **values: str) -> str:
    """Return a sentence in a language (en where there is none in it), `values` put in."""
    return (_PHRASES[name].get(language) or _PHRASES[name]["en"]).format(**values)
