"""Claims tasks of one topic, does them, reports what came of them. Needs Python 3 and nothing else. FLOW_SERVER, FLOW_API_KEY."""
import json, os, urllib.error, urllib.request

def call(path, body):
    headers = {"Content-Type": "application/json", "X-API-Key": os.environ["FLOW_API_KEY"]}
    request = urllib.request.Request(os.environ["FLOW_SERVER"] + "/api/external-tasks" + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)

def count_words(task):
    return {"words": len(task["input"]["text"].split())}

while True:
    for task in call("/claim", {"topics": ["count-words"], "max": 10, "wait_seconds": 20})["tasks"]:
        place, token = "/" + task["task_execution_id"], {"lease_token": task["lease_token"]}
        try:
            call(place + "/complete", {**token, "output": count_words(task)})
        except (KeyError, TypeError, AttributeError) as error:
            call(place + "/fail", {**token, "error": repr(error), "retryable": False})
        except urllib.error.HTTPError as error:  # 409: another worker has it by now
            print(task["task_execution_id"], error.code)
