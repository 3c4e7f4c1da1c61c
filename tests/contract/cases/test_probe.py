import json
def test_probe(api):
    c = api.post("/api/cases", {"case_type": "social_welfare", "title_en": "Pothole"}).json
    for w in ("investigating","escalated","closed"):
        x = api.post(f"/api/v3/cases/{c['case_id']}/status", {"status":w}); print(x.status, x.json if x.status!=200 else "")
    x = api.patch(f"/api/cases/{c['id']}/status", {"status":"in-progress"}); print(x.status, x.headers, x.json)
    x = api.patch(f"/api/cases/{c['id']}/status", {"status":"governance-reviewing"}); print(x.status, x.headers, x.json if x.status!=200 else "")
    x = api.patch(f"/api/cases/{c['id']}/status", {"status":"open"}); print(x.status, x.headers, x.json if x.status!=200 else "")
    for w in ("investigating","open"):
        x = api.post(f"/api/v3/cases/{c['case_id']}/status", {"status":w}); print(x.status, x.json if x.status!=200 else "")
    x = api.get(f"/api/v3/cases/%00"); print(x.status, x.json)
