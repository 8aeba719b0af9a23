package caretaker.alerts.delivery;

import caretaker.alerts.config.AlertmanagerConfig;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.AlertStore;
import caretaker.alerts.routing.LabelNames;
import caretaker.alerts.routing.LabelSet;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.routing.Matchers;
import caretaker.alerts.routing.ReceiverOptions;
import caretaker.alerts.routing.Silence;
import caretaker.alerts.routing.Silences;
import caretaker.alerts.state.Board;
import caretaker.alerts.state.NotificationKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A board that leads and its deliveries in a world. Groups wait 10 s and tick every minute. */
final class Office {
    static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
    private static final String CONFIG = """
            route: {receiver: team, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 1h}
            receivers:
              - name: team
                webhook_configs: [{url: 'http://h/'}]
              - name: other
                webhook_configs: [{url: 'http://o/'}]
            """;

    final World world = new World();
    private final String config;
    private final long bytes;
    private final ReceiverOptions options;
    Board board;
    Deliveries deliveries;

    Office() {
        this(ReceiverOptions.NONE);
    }

    /** @param options of all receivers */
    Office(ReceiverOptions options) {
        this(CONFIG, 0, options);
    }

    /** @param bytes that may be kept; 0 for no limit */
    Office(long bytes) {
        this(CONFIG, bytes, ReceiverOptions.NONE);
    }

    /** @param team how the receiver is reached */
    Office(String team) {
        this(CONFIG.replace("webhook_configs: [{url: 'http://h/'}]", team), 0, ReceiverOptions.NONE);
    }

    private Office(String config, long bytes, ReceiverOptions options) {
        this.options = options;
        this.config = config;
        this.bytes = bytes;
        this.board = board();
        this.deliveries = deliveries(null);
    }

    private Board board() {
        var parsed = AlertmanagerConfig.parse(config, "t.yml", Path.of("."), MatcherSyntax.FALLBACK);
        var limits =
                new Board.Limits(AlertStore.Limits.NONE, new Silences.Limits(0, 1 << 16), 0, bytes, Duration.ofDays(5));
        var fresh = new Board(parsed, LabelNames.UTF8, limits, Instant.MIN, _ -> options);
        fresh.goLive(T0);
        fresh.lead();
        return fresh;
    }

    Deliveries deliveries(DeliverySettings.@Nullable Fallback fallback) {
        var settings = new DeliverySettings(Duration.ofHours(1), Duration.ofDays(5), fallback);
        return new Deliveries(board, world, world, settings, new Random(1));
    }

    static Instant at(String duration) {
        return T0.plus(Duration.parse("PT" + duration));
    }

    Alert fires(String node, Instant now) {
        var alert = new Alert(
                LabelSet.of("alertname", "Hot", "node", node),
                LabelSet.EMPTY,
                now,
                now.plus(Duration.ofDays(9)),
                now,
                "",
                false);
        board.effect(board.alerts().put(alert, now), now);
        return alert;
    }

    void fireGroups(int count) {
        for (int i = 0; i < count; i++) {
            var alert = new Alert(LabelSet.of("alertname", "A" + i), LabelSet.EMPTY, T0, at("9H"), T0, "", false);
            board.effect(board.alerts().put(alert, T0), T0);
        }
    }

    void ends(Alert alert, Instant now) {
        var ended =
                new Alert(alert.labels(), alert.annotations(), alert.startsAt(), now.minusMillis(1), now, "", false);
        board.effect(board.alerts().put(ended, now), now);
    }

    void silence(Instant now) {
        silence("alertname=Hot", now);
    }

    void silence(String matching, Instant now) {
        var matchers = new Matchers(MatcherSyntax.FALLBACK.list(matching, warning -> {}));
        board.silences().put(new Silence("s", matchers, now, now.plus(Duration.ofDays(1)), now, "me", "why", Map.of()));
    }

    /** Lets the time come. */
    void turn(Instant now) {
        board.groups().due(now).forEach(flush -> deliveries.flush(flush, now));
        deliveries.tick(now);
    }

    /** Another instance that knows what is on the bus and in the store. */
    void restart(Instant now) {
        List<Alert> alerts = List.copyOf(board.alerts().all());
        board.standBy();
        Board next = board();
        next.standBy();
        alerts.forEach(alert -> next.effect(next.alerts().put(alert, now), now));
        world.bus.forEach(event -> NotificationKeys.of(event).ifPresent(key -> next.heard(key, event)));
        board = next;
        deliveries = deliveries(null);
        board.lead();
        deliveries.lead(now);
    }
}
