/* SPDX-License-Identifier: Apache-2.0
 * The control log as the services share it, over the bus's key-value bucket.
 *
 * key `global`: the control state and nothing more; its last 64 revisions are the log. A revision takes
 * effect at its stored stamp rounded up plus one second. keys `history-0` to `history-7`: older entries,
 * kept by the API (tl_control_plane_compact) before the bucket forgets them, so that a restart in
 * mid-session rebuilds the same past. keys `applied.SERVICE`: what an ingest service has in force, for
 * the status.
 * So the log is the record of all changes too (tl_control_plane_change): the bucket's 64 with their
 * revision, and before them what the chunks keep, where of several changes within one second only the
 * last is known.
 * A malformed value is refused, logged once a minute, counted; the last good state stays in force.
 * One plane belongs to one thread. */
#ifndef TL_SERVICES_CONTROL_PLANE_H
#define TL_SERVICES_CONTROL_PLANE_H

#include <tapeloom/control.h>
#include "bus/bus.h"
#include "json/control_change.h"

struct tl_control_plane;

#define TL_CONTROL_ENTRIES_MAX 512 /* of a log: 64 of the bucket and what the chunks keep */

/* Writes the default where there is no state yet, loads the log, starts to watch. TL_IO, TL_CLOSED: the bus is
 * away. */
enum tl_status tl_control_plane_open(struct tl_bus *bus, struct tl_control_plane **plane,
                                     struct tl_error *error) TL_MUST_USE;
void tl_control_plane_close(struct tl_control_plane *plane); /* NULL is fine */

/* Reads everything anew; after the bus was away. */
enum tl_status tl_control_plane_reload(struct tl_control_plane *plane,
                                       struct tl_error *error) TL_MUST_USE;
/* Waits up to timeout_ms for a change of `global`; *changed says whether the log changed. TL_AGAIN: nothing. */
enum tl_status tl_control_plane_poll(struct tl_control_plane *plane, int timeout_ms, bool *changed,
                                     struct tl_error *error) TL_MUST_USE;

/* At least one entry; borrowed until the next reload or poll. */
const struct tl_control_log *tl_control_plane_log(const struct tl_control_plane *plane);
const struct tl_control *
tl_control_plane_current(const struct tl_control_plane *plane); /* newest good state */
uint64_t
tl_control_plane_revision(const struct tl_control_plane *plane); /* of the newest good state */
int64_t tl_control_plane_effective(const struct tl_control_plane *plane); /* its first second */
uint64_t
tl_control_plane_rejected(const struct tl_control_plane *plane); /* malformed values seen */

/* Stores a state, stamping updated_at with now. expected_revision as in tl_kv_put (TL_CONFLICT). *revision is the
 * new one. */
enum tl_status tl_control_plane_put(struct tl_control_plane *plane, struct tl_control *control,
                                    uint64_t expected_revision, uint64_t *revision,
                                    struct tl_error *error) TL_MUST_USE;
/* Keeps entries that will fall out of the bucket's 64: all but the newest 32 go to the newest of
 * eight values of about 45 entries each; a full one is followed by the next, which overwrites the
 * oldest. So at least 360 changes are known, more than a session of changes a minute apart. Call
 * after a change, in one service only; no more than 32 changes may come between two calls. */
enum tl_status tl_control_plane_compact(struct tl_control_plane *plane,
                                        struct tl_error *error) TL_MUST_USE;

/* The change that lies `back` changes behind the newest (0); false: no more are known. Kept across
 * restarts, as the log is. */
bool tl_control_plane_change(const struct tl_control_plane *plane, size_t back,
                             struct tl_control_change *change);

struct tl_applied {
    uint64_t revision;
    int64_t effective_s, lag_ms;
    double rate_per_s;
    uint64_t published, gap_s, late_controls;
};
enum tl_status tl_control_plane_report(struct tl_control_plane *plane, const char *service,
                                       const struct tl_applied *applied) TL_MUST_USE;
/* The last report of a service as its JSON object {"revision","effective_second","lag_ms","rate_per_s",
 * "published","gap_s","late_controls","updated_at"}; TL_AGAIN: none yet. */
enum tl_status tl_control_plane_applied(struct tl_bus *bus, const char *service, char *json,
                                        size_t capacity, struct tl_error *error) TL_MUST_USE;

#endif
