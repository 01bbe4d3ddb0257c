# SPDX-License-Identifier: Apache-2.0
# Who uses a name, in all its forms, and who does not.
. "$(dirname "$0")/../../lib/tap.sh"
. "$TOP/tests/tools/chart-migrate/shop.sh"

file values.yaml <<'END'
redis:
  host: redis              # 2
  port: 6379
other:
  host: redis-ha           # no
full: redis.shop.svc.cluster.local   # 6
short: redis.shop          # 7, with -n shop
url: "redis://:pw@redis:6379/0"      # 8
pair: 'redis:6379'         # 9
pod: redis-0.redis.shop.svc          # 10
nodes: [redis-0.redis:6379, "redis"] # 11, twice
image: {repository: redis, tag: "7"} # no
img: redis:7.2             # no
path: /data/redis          # no
text: redis is fast        # no
env:
  - {name: REDIS_HOST, value: redis} # 17
  - {name: APP, value: redis}        # no
args: ["-h", redis, --host=redis, redis]  # 19, twice
script: |
  # comment
  redis-cli -h redis ping && curl http://redis:9121/metrics
  exec my-redis redis-ha redis.conf
ref:
  secretKeyRef: {name: redis, key: a}     # 25 as secret
  existingSecret: redis                   # 26 as secret
vols:
  - configMap: {name: redis}              # 28 as config map
END
file templates/x.yaml <<'END'
# redis://redis:1 in a comment
host: redis
addr: {{ .Values.redis.host | default "redis.shop.svc" }}
name: {{ .Release.Name }}-redis
env:
  - name: REDIS_URL
    value: "redis://redis:6379"
END

chart-migrate consumers redis values.yaml -n shop >out.jsonl
lines() { grep -o '"line":[0-9]*' "$1" | cut -d: -f2 | tr '\n' ' '; }
grep '"kind":"service"' out.jsonl >service
grep '"kind":"secret"' out.jsonl >secret
grep '"kind":"configmap"' out.jsonl >map
t 'services are found in all forms' test "$(lines service)" = '2 6 7 8 9 10 11 11 17 19 19 22 22 '
t 'secrets' test "$(lines secret)" = '25 26 '
t 'config maps' test "$(lines map)" = '28 '
t 'with key path' has '"path":"redis.host"' out.jsonl
t 'with column' has '"line":2,"column":9' out.jsonl
t 'with the port beside it' has '"port":"redis.port"' out.jsonl
t 'inside block texts, too' has '"line":22,"column":16' out.jsonl
t 'without the rest of the value' lacks ':pw@' out.jsonl
t 'NAME.NAMESPACE only where the namespace is known' sh -c '! chart-migrate consumers redis values.yaml | grep -q "\"line\":7"'
chart-migrate consumers redis templates >out.jsonl
t 'templates: values, literals, URLs; no comments, no parts of names' test "$(lines out.jsonl)" = '2 3 7 '
t 'a kind can be asked for' sh -c 'test "$(chart-migrate consumers redis values.yaml --kind secret | wc -l)" = 2'
t 'as text' sh -c 'chart-migrate consumers redis -o text >out.txt'
t '  file:line:col' has 'values.yaml:2:9: redis.host: redis (service, name)' out.txt
t 'hosts with dots' sh -c 'printf "url: https://db.example.org/x\nb: https://mydb.example.org\n" >h.yaml; chart-migrate consumers db.example.org h.yaml >out; test "$(wc -l <out)" = 1'
t 'a path that is not there' status 2 chart-migrate consumers redis nowhere
t 'broken YAML is searched as text' sh -c 'printf "a: [\nurl: redis://redis:1\n" >broken.yaml; chart-migrate consumers redis broken.yaml | grep -q "\"line\":2"'
done_testing
