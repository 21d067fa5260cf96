#!/bin/sh
# Makes the user, the folders and the systemd unit of the service. Every step is printed before it is done.
#
#   docs/service/install.sh [--dry-run]
#
# --dry-run prints the steps and the unit, does nothing, and needs no rights. DESTDIR=/some/where puts the unit and
# the folders below another root and leaves users and systemd alone (for packaging, and for trying it out).
# INBOX, OUTBOX, STATE, SITE, SERVICE_USER and STAFF_GROUP may be given in the environment.
set -eu

SERVICE=support-paperwork
PROGRAM=$(cd "$(dirname "$0")/../.." && pwd -P)
SITE=${SITE:-$PROGRAM}
INBOX=${INBOX:-/srv/paperwork/inbox}
OUTBOX=${OUTBOX:-/srv/paperwork/outbox}
STATE=${STATE:-/var/lib/paperwork}
SERVICE_USER=${SERVICE_USER:-paperwork}
STAFF_GROUP=${STAFF_GROUP:-paperwork-staff}
DESTDIR=${DESTDIR:-}
UNIT=$DESTDIR/etc/systemd/system/$SERVICE.service
DRY=no
if [ "${1:-}" = --dry-run ]; then DRY=yes; fi

refuse() {
	echo "$1" >&2
	exit 4
}

for place in "$PROGRAM" "$SITE" "$INBOX" "$OUTBOX" "$STATE"; do
	case $place in
	*[!A-Za-z0-9/._-]*) refuse "$place: only letters, figures, dots, dashes and underscores may stand in a path of the service." ;;
	/home/* | /root/* | /tmp/*) [ "$DRY$DESTDIR" != no ] ||
		refuse "$place: the service sees no home folders and has a /tmp of its own. Put the program into /opt, the folders into /srv." ;;
	/*) ;;
	*) refuse "$place: give the whole path, from / on." ;;
	esac
done
if [ "$DRY" = no ] && [ -z "$DESTDIR" ]; then
	[ "$(id -u)" = 0 ] || refuse "This makes a user and a service, so it needs root: sudo make install-service. To see what it would do: make install-service DRY_RUN=1"
	[ -x "$PROGRAM/.venv/bin/python" ] || refuse "The program is not set up yet. Run: make setup"
fi

unit() {
	sed -e "s|@PROGRAM@|$PROGRAM|g" -e "s|@SITE@|$SITE|g" -e "s|@INBOX@|$INBOX|g" -e "s|@OUTBOX@|$OUTBOX|g" \
		-e "s|@STATE@|$STATE|g" -e "s|@USER@|$SERVICE_USER|g" -e "s|@GROUP@|$STAFF_GROUP|g" \
		"$PROGRAM/docs/service/$SERVICE.service"
}

run() {
	echo "+ $*"
	[ "$DRY" = yes ] || "$@"
}

# A folder that is there keeps what is in it, and gets the right owner and mode.
folder() {
	if [ -n "$DESTDIR" ]; then
		run install -d -m "$1" "$DESTDIR$2"
	else
		run install -d -o "$SERVICE_USER" -g "$STAFF_GROUP" -m "$1" "$2"
	fi
}

if [ -z "$DESTDIR" ]; then
	getent group "$STAFF_GROUP" >/dev/null || run groupadd --system "$STAFF_GROUP"
	getent passwd "$SERVICE_USER" >/dev/null ||
		run useradd --system --gid "$STAFF_GROUP" --home-dir "$STATE" --no-create-home --shell /usr/sbin/nologin "$SERVICE_USER"
fi
folder 2770 "$INBOX"
folder 2750 "$OUTBOX"
folder 0700 "$STATE"

[ -z "$DESTDIR" ] || run install -d "${UNIT%/*}"
echo "+ write $UNIT"
if [ "$DRY" = yes ]; then
	unit
else
	unit >"$UNIT.new"
	chmod 0644 "$UNIT.new"
	mv -f "$UNIT.new" "$UNIT"
fi
if [ -z "$DESTDIR" ]; then
	run systemctl daemon-reload
	run systemctl enable "$SERVICE.service"
	run systemctl restart "$SERVICE.service"
	run systemctl --no-pager --lines=3 status "$SERVICE.service"
fi
[ "$DRY" = yes ] || [ -n "$DESTDIR" ] ||
	echo "Staff who may use the folders go into the group: usermod --append --groups $STAFF_GROUP NAME"
