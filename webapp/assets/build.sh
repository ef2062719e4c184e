#!/bin/sh
# Builds webapp/static from the styles here and from the npm package govuk-frontend.
set -eu
cd "$(dirname "$0")/../.."
package=node_modules/govuk-frontend/dist
if [ ! -d "$package" ]; then
    echo "build.sh: no $package: run 'npm ci --ignore-scripts' first" >&2
    exit 1
fi
mkdir -p webapp/static
"${NODE:-.venv/bin/node}" node_modules/sass/sass.js --no-source-map --style=compressed --load-path="$package" \
    --quiet-deps webapp/assets/app.scss webapp/static/app.css
# The version is in the name, as app.js imports it by name and browsers keep it for a year.
sed '/^\/\/# sourceMappingURL/d' "$package/govuk/govuk-frontend.min.js" >webapp/static/govuk-frontend-6.3.0.min.js
cp webapp/assets/app.js webapp/assets/icon.svg webapp/static/
