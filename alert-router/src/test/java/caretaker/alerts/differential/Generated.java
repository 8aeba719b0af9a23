package caretaker.alerts.differential;

import caretaker.testkit.Cases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Scenarios made of a seed: a small routing tree, and rounds of alerts that begin, go on, end, and are silenced. */
final class Generated {
    private static final int ROUNDS = 7;
    private static final List<String> ALERTS = List.of(
            "alertname=A a=1",
            "alertname=A a=2",
            "alertname=B a=1 b=1",
            "alertname=B b=2",
            "alertname=C a=1 b=2 c=1",
            "alertname=C c=2");

    private Generated() {}

    static Scenario of(long seed) {
        RandomGenerator random = Cases.random(seed);
        List<Consumer<Stage>> rounds = new ArrayList<>();
        String config = config(random);
        for (int i = 0; i < ROUNDS; i++) {
            rounds.add(round(random, i));
        }
        return new Scenario("seed-" + seed, config, config, rounds);
    }

    private static String config(RandomGenerator random) {
        var yaml = new StringBuilder("route:\n").append(route(random, "  ", 0)).append("receivers:\n");
        for (int r = 0; r < 3; r++) {
            yaml.append("  - name: r").append(r).append("\n    webhook_configs:\n");
            for (int i = random.nextInt(4) == 0 ? 2 : 1; i > 0; i--) {
                yaml.append("      - {url: \"${HOOK}/${NAME}/r%d-%d\", send_resolved: %s, max_alerts: %d}\n"
                        .formatted(r, i, random.nextInt(4) > 0, random.nextInt(5) == 0 ? 1 : 0));
            }
        }
        yaml.append("time_intervals:\n")
                .append("  - {name: always, time_intervals: [{weekdays: ['sunday:saturday']}]}\n")
                .append("  - {name: never, time_intervals: [{years: ['1999']}]}\n");
        if (random.nextInt(3) == 0) {
            yaml.append("inhibit_rules:\n  - {source_matchers: ['")
                    .append(matcher(random))
                    .append("'], target_matchers: ['")
                    .append(matcher(random))
                    .append("'], equal: ")
                    .append(pick(random, List.of("[]", "[a]", "[b, c]")))
                    .append("}\n");
        }
        return yaml.toString();
    }

    private static String route(RandomGenerator random, String indent, int depth) {
        var yaml = new StringBuilder();
        if (depth == 0 || random.nextInt(3) > 0) {
            yaml.append(indent).append("receiver: r").append(random.nextInt(3)).append('\n');
        }
        if (random.nextInt(3) > 0) {
            // not []: in 0.25 a child with it inherits, in the current version it has one group
            String by = pick(random, List.of("[alertname]", "[a]", "[a, b]", "['...']", "[c, missing]"));
            yaml.append(indent).append("group_by: ").append(by).append('\n');
        }
        if (random.nextInt(4) == 0) {
            // 0.25 remembers what was told for the retention, the current version for two repeats: here that is enough
            yaml.append(indent).append("repeat_interval: 7s\n");
        }
        if (depth > 0) {
            yaml.append(indent)
                    .append("continue: ")
                    .append(random.nextBoolean())
                    .append('\n');
            yaml.append(indent).append("matchers: ['").append(matcher(random)).append("']\n");
            if (random.nextInt(6) == 0) {
                yaml.append(indent)
                        .append(pick(random, List.of("mute", "active")))
                        .append("_time_intervals: [")
                        .append(pick(random, List.of("always", "never")))
                        .append("]\n");
            }
        }
        int children = depth < 2 ? random.nextInt(4) : 0;
        yaml.append(children > 0 ? indent + "routes:\n" : "");
        for (int i = 0; i < children; i++) {
            yaml.append(indent)
                    .append("  - ")
                    .append(route(random, indent + "    ", depth + 1).stripLeading());
        }
        return yaml.toString();
    }

    private static String matcher(RandomGenerator random) {
        return pick(random, List.of("alertname", "a", "b", "c"))
                + pick(
                        random,
                        List.of(
                                "=1",
                                "!=1",
                                "=2",
                                "=~\"1|2\"",
                                "!~\"1|\"",
                                "=~\"[AB2]\"",
                                "!=\"\"",
                                "=\"\"",
                                "=~\".*\""));
    }

    private static Consumer<Stage> round(RandomGenerator random, int number) {
        Set<String> fire = new TreeSet<>();
        Set<String> resolve = new TreeSet<>();
        for (String alert : ALERTS) {
            int chance = random.nextInt(10);
            if (chance < (number == 0 ? 6 : 3)) {
                fire.add(alert);
            } else if (chance > 7 && number > 0) {
                resolve.add(alert);
            }
        }
        String silenced = random.nextInt(6) == 0 ? pick(random, List.of("alertname=A", "a=~1|2", "b!=")) : "";
        Duration until = Duration.ofSeconds(2 + 2 * random.nextInt(4));
        boolean failing = random.nextInt(8) == 0;
        String path = "r" + random.nextInt(3) + "-1";
        return stage -> {
            if (failing) {
                stage.answer(path, 500);
            }
            if (!silenced.isEmpty()) {
                stage.silence(Duration.ZERO, until, silenced);
            }
            if (!fire.isEmpty()) {
                stage.fire(fire.toArray(String[]::new));
            }
            if (!resolve.isEmpty()) {
                stage.resolve(resolve.toArray(String[]::new));
            }
            if (number == ROUNDS - 1) {
                stage.look("/api/v2/alerts");
            }
        };
    }

    private static String pick(RandomGenerator random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
