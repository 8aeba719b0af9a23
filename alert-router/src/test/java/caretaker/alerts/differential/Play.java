package caretaker.alerts.differential;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All scenarios, played once on all sides at the same time. */
final class Play {
    private static final Duration ROUND = Duration.ofSeconds(2);

    private final Map<String, Stage> stages = new LinkedHashMap<>();
    private final Map<Side, Map<String, Map<String, List<JsonNode>>>> transcripts = new LinkedHashMap<>();

    /** Plays to the end, which takes as long as the longest scenario and a round. */
    static Play of(List<Scenario> scenarios, List<Side> sides) throws InterruptedException, ExecutionException {
        var play = new Play();
        scenarios.forEach(scenario -> play.stages.put(scenario.name(), new Stage(scenario.name(), sides)));
        int rounds =
                scenarios.stream().mapToInt(one -> one.rounds().size()).max().orElse(0);
        try (var clock = Executors.newScheduledThreadPool(1);
                var actors = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                int round = i;
                Future<List<Future<?>>> begun = clock.schedule(
                        () -> {
                            List<Future<?>> acts = new ArrayList<>();
                            for (Scenario scenario : scenarios) {
                                acts.add(actors.submit(() -> play.act(scenario, round)));
                            }
                            return acts;
                        },
                        ROUND.toMillis() * round,
                        TimeUnit.MILLISECONDS);
                ends.add(begun);
            }
            Future<?> end =
                    clock.schedule(() -> sides.forEach(play::keep), ROUND.toMillis() * rounds, TimeUnit.MILLISECONDS);
            end.get();
            for (Future<?> one : ends) {
                for (Object act : (List<?>) one.get()) {
                    ((Future<?>) act).get();
                }
            }
        }
        return play;
    }

    private void act(Scenario scenario, int round) {
        Stage stage = stages.get(scenario.name());
        if (stage != null && round < scenario.rounds().size()) {
            stage.begin(round, InstantSource.system().instant().truncatedTo(ChronoUnit.MICROS));
            scenario.rounds().get(round).accept(stage);
        }
    }

    private void keep(Side side) {
        Map<String, Map<String, List<JsonNode>>> all = new LinkedHashMap<>();
        stages.forEach((name, stage) -> all.put(name, stage.transcript(side)));
        transcripts.put(side, all);
    }

    /** What a side did in a scenario. */
    Map<String, List<JsonNode>> transcript(Side side, String scenario) {
        return transcripts.getOrDefault(side, Map.of()).getOrDefault(scenario, Map.of());
    }

    /** Where two sides differ, for a person to read; null if they don't. */
    @Nullable String difference(Side one, Side other, String scenario, Predicate<String> what) {
        Map<String, List<JsonNode>> left = transcript(one, scenario);
        Map<String, List<JsonNode>> right = transcript(other, scenario);
        var text = new StringBuilder();
        var keys = new TreeSet<>(left.keySet());
        keys.addAll(right.keySet());
        keys.removeIf(what.negate());
        for (String key : keys) {
            List<JsonNode> ours = left.getOrDefault(key, List.of());
            List<JsonNode> theirs = right.getOrDefault(key, List.of());
            if (!ours.equals(theirs)) {
                text.append('\n').append(key);
                show(text, one.name(), ours);
                show(text, other.name(), theirs);
            }
        }
        return text.isEmpty() ? null : text.toString();
    }

    private static void show(StringBuilder text, String side, List<JsonNode> nodes) {
        text.append("\n  ").append(side).append(": ").append(nodes.size());
        nodes.forEach(node -> text.append("\n    ").append(node));
    }
}
