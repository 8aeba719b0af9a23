package caretaker.recovery.containers;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.recovery.containers.Dependencies.Edge;
import caretaker.recovery.containers.Dependencies.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** who needs whom. */
class DependenciesTest {
    private static final String COMPOSE = Labels.COMPOSE_DEPENDS_ON;

    @Test
    void composeNamespacesAndLabelsMakeTheGraph() {
        Sighting db = ScopeTest.container("lab", "db");
        Sighting web = ScopeTest.container("lab", "web", COMPOSE, "db:service_healthy:true,gone:service_started:false");
        Sighting other = ScopeTest.container("shop", "db");
        Sighting plain = ScopeTest.container("", "plain", Labels.DEPENDS_ON, "lab/web, plain");
        Sighting vpn = shares(ScopeTest.container("lab", "vpn", COMPOSE, "web:service_started:false"), web.key());
        var graph = new Dependencies(List.of(db, web, other, plain, vpn));
        assertThat(graph.needs("plain")).containsExactly("lab/web/1", "lab/db/1");
        assertThat(graph.needs("shop/db/1")).isEmpty();
        assertThat(graph.neededBy("lab/db/1")).containsExactly(new Edge("lab/web/1", "lab/db/1", Kind.RESTART));
        assertThat(graph.neededBy("lab/web/1"))
                .containsExactly(
                        new Edge("lab/vpn/1", "lab/web/1", Kind.SHARES), new Edge("plain", "lab/web/1", Kind.ORDER));
        assertThat(graph.cycles()).isEmpty();
    }

    /** */
    @Test
    void whatIsLinkedAndWantsToBeRestartedFollowsEither() {
        Sighting db = ScopeTest.container("lab", "db");
        Sighting web = with(ScopeTest.container("lab", "web"), List.of(), List.of(db.key()));
        Sighting both = with(
                ScopeTest.container("lab", "both", COMPOSE, "db:service_started:true"), List.of(), List.of(db.key()));
        assertThat(new Dependencies(List.of(db, web, both)).neededBy(db.key()))
                .containsExactly(
                        new Edge(both.key(), db.key(), Kind.SHARES), new Edge(web.key(), db.key(), Kind.LINKS));
    }

    @Test
    void aCircleIsToldAndBrokenTheSameWayInEveryOrder() {
        Sighting a = ScopeTest.container("lab", "a", COMPOSE, "b:service_started:false");
        Sighting b = ScopeTest.container("lab", "b", COMPOSE, "c:service_started:false");
        Sighting c = ScopeTest.container("lab", "c", COMPOSE, "a:service_started:false");
        for (List<Sighting> order : List.of(List.of(a, b, c), List.of(c, b, a), List.of(b, a, c))) {
            var graph = new Dependencies(order);
            assertThat(graph.cycles()).containsExactly("lab/a/1 -> lab/b/1 -> lab/c/1 -> lab/a/1");
            assertThat(graph.needs("lab/a/1")).containsExactly("lab/b/1", "lab/c/1");
            assertThat(graph.needs("lab/c/1")).isEmpty();
        }
    }

    @Test
    void oddLabelsAreNoEdgesAndALongChainEnds() {
        List<Sighting> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            all.add(ScopeTest.container("lab", "s" + i, COMPOSE, "s" + (i + 1) + ":x:y:z,:::,," + "s" + i));
        }
        var graph = new Dependencies(all);
        assertThat(graph.needs("lab/s0/1")).hasSize(499);
        assertThat(graph.cycles()).isEmpty();
    }

    private static Sighting shares(Sighting of, String key) {
        return with(of, List.of(key), List.of());
    }

    private static Sighting with(Sighting of, List<String> shares, List<String> links) {
        return new Sighting(
                of.identity(),
                of.state(),
                of.health(),
                0,
                false,
                null,
                null,
                0,
                "",
                false,
                of.labels(),
                List.of(),
                shares,
                links,
                of.stopTimeout());
    }
}
