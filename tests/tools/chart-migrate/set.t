# SPDX-License-Identifier: Apache-2.0
# Edits in place: only what was asked for differs.
. "$(dirname "$0")/../../lib/tap.sh"

cat >v.yaml <<'END'
# The top.
image:
  tag: "1.0"   # quoted
  pull: &p Always

replicas: 2    # two
list:
  - name: a
    x: 1
  - name: b    # the second
    x: 2
END
chmod 600 v.yaml
cp v.yaml before.yaml
sed -e 's/replicas: 2 /replicas: 3 /' -e 's/"1.0"/"1.1"/' -e 's/x: 2/x: 5/' before.yaml >want.yaml
t 'several keys' chart-migrate set v.yaml replicas=3 image.tag=1.1 'list[name=b].x=5'
t 'and nothing else' same want.yaml v.yaml
t 'the mode stays' test "$(stat -c %a v.yaml)" = 600
t 'setting the same again changes nothing' sh -c 'chart-migrate set v.yaml replicas=3 && cmp v.yaml want.yaml'
t 'a dry run prints' sh -c 'chart-migrate set v.yaml replicas=9 -n | grep -q "replicas: 9"'
t 'and changes nothing' same want.yaml v.yaml
t 'from standard input to standard output' sh -c 'chart-migrate set - replicas=7 <v.yaml | grep -q "replicas: 7    # two"'
t 'a list' chart-migrate set v.yaml 'hosts={a,b}'
t 'is added' has hosts: v.yaml
t 'a key is removed' chart-migrate set v.yaml --remove image.tag
t 'with its comment' lacks quoted v.yaml
t 'what is no KEY=VALUE' status 2 chart-migrate set v.yaml replicas
t 'what is no YAML' status 2 sh -c 'echo "a: [" >b.yaml; chart-migrate set b.yaml a=1'
done_testing
