package caretaker.alerts.differential;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** All scenarios, played once on all sides at the same time. */
final class Play {
    private static final Duration ROUND = Duration.ofSeconds(2);

    /** When all sides reload, where they do: between two rounds, since Alertmanager begins its ticks anew then. */
    static final Duration RELOAD = ROUND.multipliedBy(3).dividedBy(2);

    private static final Duration LATE = ROUND.dividedBy(4);

    private final Map<String, Stage> stages = new LinkedHashMap<>();
    private final Map<Side, Map<String, Transcript>> transcripts = new LinkedHashMap<>();
    private final Set<String> late = ConcurrentHashMap.newKeySet();
    private final Instant began = InstantSource.system().instant();

    /**
     * Plays to the end, which takes as long as the longest scenario and a round.
     *
     * @param reload what is done at {@link #RELOAD}
     */
    static Play of(List<Scenario> scenarios, List<Side> sides, Runnable reload)
            throws InterruptedException, ExecutionException {
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
            Runnable reloads = () -> {
                reload.run();
                play.finished(RELOAD, scenarios);
            };
            ends.add(clock.schedule(() -> List.of(actors.submit(reloads)), RELOAD.toMillis(), TimeUnit.MILLISECONDS));
            Future<?> end = clock.schedule(
                    () -> play.keep(sides, InstantSource.system().instant()),
                    ROUND.toMillis() * rounds,
                    TimeUnit.MILLISECONDS);
            end.get();
            for (Future<?> one : ends) {
                for (Object act : (List<?>) one.get()) {
                    ((Future<?>) act).get();
                }
            }
        }
        return play;
    }

    /** One round of one scenario, after its last one. */
    private void act(Scenario scenario, int round) {
        Stage stage = stages.get(scenario.name());
        if (stage == null || round >= scenario.rounds().size()) {
            return;
        }
        synchronized (stage) {
            stage.begin(round, InstantSource.system().instant().truncatedTo(ChronoUnit.MICROS));
            scenario.rounds().get(round).accept(stage);
        }
        finished(ROUND.multipliedBy(round), List.of(scenario));
    }

    /** Something was done that was due at a time after the beginning. */
    private void finished(Duration due, List<Scenario> scenarios) {
        if (Duration.between(began.plus(due), InstantSource.system().instant()).compareTo(LATE) > 0) {
            scenarios.forEach(scenario -> late.add(scenario.name()));
        }
    }

    /** Writes down all until a time, the same for all sides, once nobody acts any more. */
    private void keep(List<Side> sides, Instant end) {
        for (Side side : sides) {
            Map<String, Transcript> all = new LinkedHashMap<>();
            stages.forEach((name, stage) -> {
                synchronized (stage) {
                    all.put(name, stage.transcript(side, end));
                }
            });
            transcripts.put(side, all);
        }
    }

    private Transcript transcript(Side side, String scenario) {
        Transcript transcript = transcripts.getOrDefault(side, Map.of()).get(scenario);
        return transcript == null ? new Transcript(side, List.of(), Map.of()) : transcript;
    }

    /** Where two sides differ in a scenario, for a person to read; null if they don't. */
    @Nullable String difference(Side one, Side other, String scenario) {
        Transcript left = transcript(one, scenario);
        Transcript right = transcript(other, scenario);
        var text = new StringBuilder();
        for (String key : keys(left, right)) {
            if (!left.get(key).equals(right.get(key))) {
                text.append('\n').append(key);
                show(text, one, left, key);
                show(text, other, right, key);
            }
        }
        return text.isEmpty() ? null : text.toString();
    }

    /**
     * Whether the test or a side was so slow that a scenario may differ for that alone: in what came first that is not
     * the same, or before it, it is a quarter of a round behind, or what it lacks came after the end.
     */
    boolean isLate(Side one, Side other, String scenario) {
        if (late.contains(scenario)) {
            return true;
        }
        Transcript left = transcript(one, scenario);
        Transcript right = transcript(other, scenario);
        for (String key : keys(left, right)) {
            List<Instant> first = left.arrivals(key);
            List<Instant> second = right.arrivals(key);
            for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
                if (Duration.between(first.get(i), second.get(i)).abs().compareTo(LATE) > 0) {
                    return true;
                }
                if (!left.get(key).get(i).equals(right.get(key).get(i))) {
                    break;
                }
            }
            int had = Math.min(left.get(key).size(), right.get(key).size());
            if (!left.get(key).equals(right.get(key))
                    && left.get(key).subList(0, had).equals(right.get(key).subList(0, had))
                    && cameLater(left.get(key).size() == had ? one : other, scenario, key, had)) {
                return true;
            }
        }
        return false;
    }

    private boolean cameLater(Side side, String scenario, String key, int had) {
        Stage stage = stages.get(scenario);
        try {
            await().atMost(ROUND)
                    .until(() -> stage != null
                            && stage.transcript(side, Instant.MAX).get(key).size() > had);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    private static Set<String> keys(Transcript one, Transcript other) {
        Set<String> keys = new TreeSet<>(one.entries().keySet());
        keys.addAll(other.entries().keySet());
        return keys;
    }

    private void show(StringBuilder text, Side side, Transcript transcript, String key) {
        List<JsonNode> nodes = transcript.get(key);
        List<Instant> arrivals = transcript.arrivals(key);
        text.append("\n  ").append(side.name()).append(": ").append(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            text.append("\n    ");
            if (i < arrivals.size()) {
                text.append("after ")
                        .append(Duration.between(began, arrivals.get(i)).toMillis())
                        .append(" ms ");
            }
            text.append(nodes.get(i));
        }
    }
}
