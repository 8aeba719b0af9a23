package caretaker.alerts.routing;

import static caretaker.alerts.routing.LabelMatcher.equal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteTest {

    private static List<String> receivers(Route tree, String... labels) {
        return tree.match(LabelSet.of(labels)).stream().map(Route::receiver).toList();
    }

    @Test
    void r1DepthFirstToTheFirstMatchThatDoesNotContinue() {
        Route tree = Route.tree(RouteSpec.to("root")
                .with(
                        RouteSpec.to("a").matching(equal("x", "1")).goingOn(),
                        RouteSpec.to("b")
                                .matching(equal("x", "1"))
                                .with(
                                        RouteSpec.to("b1")
                                                .matching(equal("y", "1"))
                                                .goingOn(),
                                        RouteSpec.to("b2").matching(equal("y", "1")),
                                        RouteSpec.to("b3").matching(equal("y", "1"))),
                        RouteSpec.to("c").matching(equal("x", "1"))));

        assertThat(receivers(tree, "x", "1")).containsExactly("a", "b");
        assertThat(receivers(tree, "x", "1", "y", "1")).containsExactly("a", "b1", "b2");
        assertThat(receivers(tree, "x", "2")).as("no child matched").containsExactly("root");
    }

    @Test
    void r1TheContinueOfTheChildCountsNotThatOfWhatIsBelowIt() {
        Route tree = Route.tree(RouteSpec.to("root")
                .with(RouteSpec.to("a").with(RouteSpec.to("a1").goingOn()), RouteSpec.to("b")));

        assertThat(receivers(tree, "x", "1")).containsExactly("a1");
    }

    @Test
    void r2TheRootHasAReceiverAndNothingThatLimitsIt() {
        var root = new RouteSpec(
                null,
                null,
                null,
                null,
                null,
                Matchers.of(equal("a", "b")),
                true,
                List.of("m"),
                List.of("t"),
                Map.of(),
                List.of());

        assertThat(RouteRules.problems(root))
                .containsExactly(
                        "root route must specify a default receiver",
                        "root route must not have any matchers",
                        "cannot have continue in root route",
                        "root route must not have any mute time intervals",
                        "root route must not have any active time intervals");
        assertThatThrownBy(() -> Route.tree(root)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void r2WhatIsNamedMustExist() {
        RouteSpec root = RouteSpec.to("a").with(RouteSpec.to("b").during(List.of("night"), List.of("day")));

        assertThat(RouteRules.unknown(root, Set.of("a"), Set.of("day")))
                .containsExactly(
                        "undefined receiver \"b\" used in route", "undefined time interval \"night\" used in route");
        assertThat(RouteRules.unknown(root, Set.of("a", "b"), Set.of("day", "night")))
                .isEmpty();
    }

    @Test
    void r3ReceiverGroupingTimersAndLabelsAreInheritedAndNothingElse() {
        RouteSpec middle = RouteSpec.to("mid")
                .matching(equal("m", "1"))
                .goingOn()
                .groupedBy("host")
                .timed(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3))
                .during(List.of("n"), List.of("d"))
                .labelled(Map.of("team", "a", "tier", "1"));
        RouteSpec leaf = new RouteSpec(
                null,
                null,
                null,
                null,
                null,
                Matchers.NONE,
                false,
                List.of(),
                List.of(),
                Map.of("tier", "2"),
                List.of());
        Route route = Route.tree(RouteSpec.to("root").with(middle.with(leaf)))
                .routes()
                .getFirst()
                .routes()
                .getFirst();

        assertThat(route.receiver()).isEqualTo("mid");
        assertThat(route.options().groupBy()).containsExactly("host");
        assertThat(route.options().groupWait()).isEqualTo(Duration.ofSeconds(1));
        assertThat(route.options().groupInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(route.options().repeatInterval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(route.options().labels()).isEqualTo(Map.of("team", "a", "tier", "2"));
        assertThat(route.matchers().isEmpty()).isTrue();
        assertThat(route.goesOn()).isFalse();
        assertThat(route.muteTimes()).isEmpty();
        assertThat(route.activeTimes()).isEmpty();
    }

    @Test
    void r4TheDefaultsAreAlertmanagersAndOnlyTheWaitMayBeZero() {
        Route.Options options = Route.tree(RouteSpec.to("r")).options();

        assertThat(options.groupWait()).isEqualTo(Duration.ofSeconds(30));
        assertThat(options.groupInterval()).isEqualTo(Duration.ofMinutes(5));
        assertThat(options.repeatInterval()).isEqualTo(Duration.ofHours(4));
        assertThat(options.groupBy()).isEmpty();
        assertThat(RouteRules.problems(RouteSpec.to("r").timed(Duration.ZERO, Duration.ZERO, Duration.ZERO)))
                .containsExactly("group_interval cannot be zero", "repeat_interval cannot be zero");
    }

    @Test
    void r5ThreeDotsAreAllLabelsAndStandAlone() {
        Route tree = Route.tree(
                RouteSpec.to("r").groupedBy("...").with(RouteSpec.to("one").groupedBy()));
        LabelSet alert = LabelSet.of("a", "1", "b", "2");

        assertThat(tree.groupLabels(alert)).isEqualTo(alert);
        assertThat(tree.routes().getFirst().groupLabels(alert))
                .as("[] is one group")
                .isEqualTo(LabelSet.EMPTY);
        assertThat(RouteRules.problems(RouteSpec.to("r").groupedBy("...", "a"))).hasSize(1);
        assertThat(RouteRules.problems(RouteSpec.to("r").groupedBy("a", "a")))
                .containsExactly("duplicated label \"a\" in group_by");
    }

    @Test
    void r9TheKeyIsTheMatchersFromTheRoot() {
        Route tree = Route.tree(RouteSpec.to("r")
                .groupedBy("alertname")
                .with(RouteSpec.to("c")
                        .matching(
                                equal("severity", "critical"),
                                new LabelMatcher(LabelMatcher.Operator.REGEX, "a", "b|c"))));

        assertThat(tree.key()).isEqualTo("{}");
        assertThat(tree.routes().getFirst().key()).isEqualTo("{}/{a=~\"b|c\",severity=\"critical\"}");
    }

    @Test
    void r9TheHashOfTheGroupKeyIsPagerDutysDedupKey() {
        var id = new GroupId("{}:{alertname=\"GpuHot\"}", "pager");

        assertThat(id.keyHash()).startsWith("01f8d5da97fe4786").endsWith("18a0").hasSize(64);
    }

    @Test
    void r10ReceiversThatNoRouteNamesAreNotUsed() {
        assertThat(Route.tree(RouteSpec.to("r").with(RouteSpec.to("s"))).receivers())
                .containsExactlyInAnyOrder("r", "s");
    }

    @Test
    void r11ARepeatBelowTheIntervalOrAboveTheRetentionIsOnlyAWarning() {
        Route tree = Route.tree(RouteSpec.to("r")
                .timed(null, Duration.ofMinutes(5), Duration.ofMinutes(1))
                .with(RouteSpec.to("s").timed(null, null, Duration.ofHours(200))));

        assertThat(RouteRules.warnings(tree, Notified.RETENTION))
                .hasSize(2)
                .satisfies(warnings -> assertThat(warnings.getFirst()).contains("less than group_interval"))
                .satisfies(warnings -> assertThat(warnings.getLast()).contains("retention"));
    }

    @Test
    void aTreeThatIsTooDeepIsRefused() {
        RouteSpec deep = RouteSpec.to("r");
        for (int i = 0; i <= RouteRules.MAX_DEPTH; i++) {
            deep = RouteSpec.to("r").with(deep);
        }
        RouteSpec tree = deep;

        assertThatThrownBy(() -> Route.tree(tree)).hasMessageContaining("nested");
    }
}
