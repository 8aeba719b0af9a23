package caretaker.alerts.routing;

import static caretaker.alerts.routing.Made.T0;
import static caretaker.alerts.routing.Made.at;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.routing.Integration.Kind;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NotificationLogTest {
    private static final GroupId GROUP = new GroupId("{}:{}", "r");
    private static final Integration FIRST = new Integration("r", Kind.WEBHOOK, 0, true);
    private static final Integration SECOND = new Integration("r", Kind.WEBHOOK, 1, true);

    private final NotificationLog log = new NotificationLog();

    private static Notified entry(Instant at, long firing) {
        return new Notified(at, Set.of(new Fingerprint(firing)), Set.of(), at.plusSeconds(60), Map.of());
    }

    @Test
    void eachIntegrationOfAGroupHasItsEntry() {
        log.put(NotificationLog.Key.of(GROUP, FIRST), entry(T0, 1));

        assertThat(log.last(GROUP, FIRST)).isEqualTo(entry(T0, 1));
        assertThat(log.last(GROUP, SECOND)).isNull();
        assertThat(log.last(new GroupId("{}:{}", "s"), FIRST)).isNull();
    }

    @Test
    void anOlderEntryChangesNothing() {
        log.put(NotificationLog.Key.of(GROUP, FIRST), entry(at("1S"), 2));
        log.put(NotificationLog.Key.of(GROUP, FIRST), entry(T0, 1));

        assertThat(log.last(GROUP, FIRST)).isEqualTo(entry(at("1S"), 2));
    }

    @Test
    void expiredEntriesAreDroppedAndNamed() {
        log.put(NotificationLog.Key.of(GROUP, FIRST), entry(T0, 1));
        log.put(NotificationLog.Key.of(GROUP, SECOND), entry(at("1S"), 1));

        assertThat(log.collect(at("1M"))).containsExactly(NotificationLog.Key.of(GROUP, FIRST));
        assertThat(log.size()).isEqualTo(1);
    }
}
