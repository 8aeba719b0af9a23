package caretaker.alerts.routing;

import java.time.Instant;

/**
 * What of a group must survive a restart: its timer. Its alerts come from the store, what was sent from the log.
 *
 * @param nextFlush when it is due; in the past where it was missed
 */
public record GroupState(GroupId id, Instant nextFlush) {}
