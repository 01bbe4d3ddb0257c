# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# shop-charts.sh: sourced; `shop_repository DIR` makes a repository of a made-up shop, with and without everything that a page shows.

# publish DIR DAY: packs ./NAME of the shop into DIR and indexes it as of that day.
publish() {
	SOURCE_DATE_EPOCH=$(date -u -d "$2" +%s) chart-package -q -d "$1" ${SHOP_KEY:+--sign --key "$SHOP_KEY" --keyring "$SHOP_KEYS"} "$3" >/dev/null &&
		SOURCE_DATE_EPOCH=$(date -u -d "$2" +%s) chart-package -q index "$1"
}

# app NAME VERSION APP DESCRIPTION KEYWORDS: the common parts of a chart folder.
app() {
	mkdir -p "$1/templates"
	cat >"$1/Chart.yaml" <<-END
		apiVersion: v2
		name: $1
		version: $2
		appVersion: "$3"
		description: "$4"
		keywords: [$5]
		kubeVersion: ">=1.25.0-0"
		home: https://shop.example.org/$1
		sources:
		- https://git.example.org/shop/$1
		maintainers:
		- name: Shop platform
		  email: platform@shop.example.org
		annotations:
		  artifacthub.io/license: Apache-2.0
	END
	cat >"$1/templates/service.yaml" <<-'END'
		apiVersion: v1
		kind: Service
		metadata:
		  name: {{ .Release.Name }}
	END
}

cart_readme() {
	cat >cart/README.md <<'END'
# cart

The shopping cart of the shop: keeps what a customer has chosen, prices it and hands it to `checkout`.

- [Install](#install)
- [Sizing](#sizing)
- [Upgrading](#upgrading)

## Install

```sh
helm install cart shop-charts/cart --namespace shop --set redis.host=redis.shop.svc
```

A Redis is needed; the chart brings none. See <https://shop.example.org/cart> for the API.

## Sizing

| Customers at once | Replicas | CPU | Memory |
|------------------:|:--------:|-----|--------|
| 1,000 | 2 | `100m` | `128Mi` |
| 10,000 | 4 | `250m` | `256Mi` |
| 100,000 | 12 | `500m` | `512Mi` |

> Numbers are from the load test of the last winter sale. Yours may differ.

## Upgrading

### To 2.0

1. `redis.url` is split into `redis.host` and `redis.port`.
2. Set **both** before you upgrade; the old key is *no longer read*.

```yaml
redis:
  host: redis.shop.svc
  port: 6379
```
END
}

cart_values() {
	cat >cart/values.yaml <<END
# Default values for cart.

# -- How many copies run
replicaCount: $1

image:
  # -- Where the image is
  repository: registry.example.org/shop/cart
  # -- Its tag
  # @default -- the appVersion of the chart
  tag: ""
  # -- When it is fetched
  pullPolicy: IfNotPresent

service:
  type: ClusterIP
  port: 8080 # the port other services call

$2
# Priced in this currency unless the customer has chosen another.
currency: EUR

# How long a cart is kept that nobody touches.
# Older ones are dropped at night.
expireAfter: 720h

resources:
  limits:
    cpu: 250m
    memory: $3
  requests:
    cpu: 100m
    memory: 128Mi

nodeSelector: {}
tolerations: []

# Pods are spread over zones where there are some.
topologySpreadConstraints:
- maxSkew: 1
  topologyKey: topology.kubernetes.io/zone
  whenUnsatisfiable: ScheduleAnyway
END
}

cart_changes() {
	printf '  artifacthub.io/changes: |\n' >>cart/Chart.yaml
	while [ "$#" -gt 1 ]; do
		printf '    - kind: %s\n      description: %s\n' "$1" "$2" >>cart/Chart.yaml
		shift 2
	done
}

# An icon of our own: a basket.
cart_icon() {
	printf 'icon: icon.svg\n' >>cart/Chart.yaml
	cat >cart/icon.svg <<'END'
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="10" fill="#f4b942"/><path d="M12 20h24l-3 15H15z" fill="#fff"/><path d="M17 20l5-9m9 9l-5-9M19 25v6m5-6v6m5-6v6" stroke="#8a5a00" stroke-width="2.5" fill="none" stroke-linecap="round"/></svg>
END
}

cart_versions() {
	old='# Where Redis is: redis://HOST:PORT
redis:
  url: redis://redis:6379
'
	new='redis:
  # -- Name of the Redis service
  host: redis
  # -- Its port
  port: 6379
  # -- Secret with a key `password`; none: no password
  existingSecret: ""
'
	for v in '1.4.0 4.1.0 2024-03-04 1 256Mi' '1.5.0 4.2.0 2024-06-10 2 256Mi' '2.0.0 5.0.0 2024-09-23 2 256Mi' \
		'2.1.0 5.1.2 2024-11-18 2 384Mi' '2.1.1 5.1.4 2025-01-20 2 384Mi'; do
		# shellcheck disable=SC2086
		set -- "$1" $v
		app cart "$2" "$3" 'The shopping cart: keeps, prices and hands over what a customer has chosen.' 'cart, shop, redis'
		case $2 in
		2.0.0) cart_changes changed 'Redis is given by host and port instead of a URL' added 'A secret with the password of Redis' removed 'The value redis.url' ;;
		2.1.1) cart_changes security 'The base image has the January updates' fixed 'Carts of two tabs are merged again' ;;
		2.1.0) cart_changes added 'Pods are spread over zones' ;;
		esac
		cart_icon
		case $2 in
		1.*) redis=$old ;;
		*) redis=$new ;;
		esac
		cart_values "$5" "$redis" "$6"
		cart_readme
		if [ "$2" = 2.1.1 ]; then
			cat >cart/values.schema.json <<'END'
{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "required": ["replicaCount"], "properties": {
"replicaCount": {"type": "integer", "minimum": 1},
"service": {"type": "object", "properties": {"type": {"enum": ["ClusterIP", "NodePort", "LoadBalancer"]}}},
"logLevel": {"type": "string", "description": "How much is logged", "default": "info", "enum": ["debug", "info", "warn"]}}}
END
		fi
		publish "$1" "$4" cart || return 1
	done
}

# others DIR: charts of one or two versions.
others() {
	app catalog 3.2.0 2024.11 'Products, prices and pictures, searched by everybody else.' 'shop, search, postgres'
	printf '## @section Catalog\n## @param images.bucket Bucket with the pictures\n## @param images.cdn [string] Host that serves them\nimages:\n  bucket: shop-pictures\n  cdn: img.shop.example.org\n## @section Database\n## @param postgres.host Host of the database\npostgres:\n  host: postgres\n' >catalog/values.yaml
	printf '# catalog\n\nAll that can be bought.\n' >catalog/README.md
	printf 'dependencies:\n- name: shop-common\n  version: 1.x.x\n  repository: https://charts.shop.example.org\n' >>catalog/Chart.yaml
	mkdir -p catalog/charts
	app shop-common 1.3.0 1.3.0 'Labels, probes and network policies that all charts of the shop share.' 'library'
	printf 'type: library\n' >>shop-common/Chart.yaml
	cp -R shop-common catalog/charts/
	publish "$1" 2024-02-01 shop-common && publish "$1" 2024-11-25 catalog || return 1
	app checkout 1.0.3 1.0.3 'Takes the money: card, invoice and gift card, each behind its own provider.' 'shop, payment'
	printf '# Providers that may be used, in order.\nproviders:\n- card\n- invoice\n' >checkout/values.yaml
	publish "$1" 2025-01-07 checkout || return 1
	app mailer 0.9.4 0.9.4 'Order confirmations by mail. Replaced by notify.' 'mail, smtp'
	printf 'deprecated: true\n' >>mailer/Chart.yaml
	publish "$1" 2023-08-15 mailer || return 1
	app notify 1.2.0 1.2.1 'Tells customers what happens to their order, by mail, text message or app.' 'mail, sms, push'
	publish "$1" 2025-01-13 notify || return 1
	app edge 4.0.1 1.27.3 'The front door: TLS, rate limits and routes to all services of the shop.' 'ingress, nginx, tls'
	publish "$1" 2024-12-02 edge
}

# shop_repository DIR: below the working folder. With SHOP_KEY and SHOP_KEYS the archives of cart are signed.
shop_repository() {
	cart_versions "$1" || return 1
	SHOP_KEY= others "$1"
}
