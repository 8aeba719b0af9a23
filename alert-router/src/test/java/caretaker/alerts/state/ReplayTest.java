package caretaker.alerts.state;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.config.AlertmanagerConfig;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.AlertStore;
import caretaker.alerts.routing.LabelNames;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.routing.PostedAlert;
import caretaker.alerts.routing.Silences;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is read from the bus is what was known before. */
class ReplayTest {
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration RESOLVE_TIMEOUT = Duration.ofMinutes(5);

    private final Board before = board();
    private final List<Alert> bus = new ArrayList<>();

    private static Board board() {
        var config = AlertmanagerConfig.parse(
                "{route: {receiver: a}, receivers: [{name: a}]}", "t.yml", Path.of("."), MatcherSyntax.FALLBACK);
        var limits = new Board.Limits(AlertStore.Limits.NONE, Silences.Limits.NONE, 0, 0, Duration.ofDays(5));
        return new Board(config, LabelNames.UTF8, limits, Instant.MIN);
    }

    private void posted(@Nullable Instant startsAt, @Nullable Instant endsAt, Instant now) {
        var alert = new PostedAlert(Map.of("alertname", "Flaps"), Map.of(), startsAt, endsAt, "");
        bus.addAll(before.alerts().post(List.of(alert), now, RESOLVE_TIMEOUT).stored());
    }

    private static Instant at(long seconds) {
        return T0.plusSeconds(seconds);
    }

    private List<Alert> afterARestart() {
        Board next = board();
        bus.forEach(alert -> next.heard(alert, T0.plus(Duration.ofDays(1))));
        return next.alerts().all();
    }

    @Test
    void k1AnAlertThatFlappedBeganAndEndedWhenItDidBefore() {
        posted(at(0), at(240), at(0)); // fires
        posted(at(0), at(60), at(60)); // ends
        posted(at(30), at(300), at(90)); // fires again
        posted(at(120), at(130), at(130)); // ends earlier than it was said to

        assertThat(afterARestart()).isEqualTo(before.alerts().all());
    }

    @Test
    void k1WhateverWasPostedIsThereAgainAsItWas() {
        var random = new Random(1);
        for (int i = 0; i < 500; i++) {
            Instant now = at(10L * (i / 2)); // twice at a time, as in one post
            @Nullable Instant start = random.nextBoolean() ? null : now.minusSeconds(random.nextInt(300));
            @Nullable Instant end = random.nextBoolean() ? null : now.plusSeconds(random.nextInt(300) - 100);
            posted(start, end, now);

            assertThat(afterARestart()).isEqualTo(before.alerts().all());
        }
    }
}
