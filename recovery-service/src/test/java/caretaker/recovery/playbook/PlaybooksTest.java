package caretaker.recovery.playbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.chassis.config.ConfigException;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.Health;
import caretaker.recovery.containers.Sighting.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** which ladder for which failure, and what is wrong with a file. */
class PlaybooksTest {
    private static final Playbooks BUILT_IN = Playbooks.builtIn();

    private static Sighting container(String image, int exitCode, Map<String, String> labels, String... gpus) {
        return new Sighting(
                new ContainerIdentity("4f", "c", image, "", "", 0),
                exitCode == 0 ? State.RUNNING : State.EXITED,
                Health.NONE,
                exitCode,
                false,
                null,
                null,
                0,
                "",
                false,
                labels,
                List.of(gpus),
                List.of(),
                List.of(),
                Duration.ofSeconds(10));
    }

    /** The table of defaults, row by row. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "grafana/grafana:13.0|container.exited|-|grafana|RESTART,RECREATE,RESTORE_BACKUP",
                "grafana/grafana|probe.failed|-|grafana|RESTART,RECREATE,RESTORE_BACKUP",
                "grafana/grafana|probe.failed|database disk image is malformed|grafana-database|COPY_ASIDE,RESTORE_BACKUP,QUARANTINE",
                "grafana/grafana|probe.failed|Data source connection failed|grafana-datasource|RELOAD,RESTART",
                "grafana/grafana|container.exited|GF_PATHS_DATA='/var/lib/grafana' is not writable.|grafana-permissions|"
                        + "FIX_PERMISSIONS,QUARANTINE",
                "grafana/grafana|container.exited|mkdir: can't create directory '/var/lib/grafana/plugins': "
                        + "Permission denied|grafana-permissions|FIX_PERMISSIONS,QUARANTINE",
                "grafana/grafana|container.exited|mkdir: cannot create directory ‘/var/lib/grafana/plugins’: "
                        + "Permission denied|grafana-permissions|FIX_PERMISSIONS,QUARANTINE",
                "grafana/grafana|container.exited|GF_PATHS_DATA='/data' is not writable.|grafana|"
                        + "RESTART,RECREATE,RESTORE_BACKUP",
                "prom/prometheus:v3|container.exited|-|prometheus|RESTART,RECREATE",
                "prom/prometheus|container.exited|Error loading config (x)|prometheus-config|FORMER_CONFIG,QUARANTINE",
                "prom/prometheus|container.exited|corruption in segment|prometheus-storage|COPY_ASIDE,NONE,QUARANTINE",
                "nvidia/dcgm-exporter:4|probe.failed|-|dcgm-exporter|RESTART,RECREATE,NONE",
                "nvidia/dcgm-exporter:4|gpu.container-lost-gpu|-|dcgm-exporter|RESTART,RECREATE,NONE",
                "prom/node-exporter|probe.failed|-|node-exporter|RESTART,RECREATE,QUARANTINE",
                "gcr.io/cadvisor/cadvisor@sha256:00|probe.failed|-|cadvisor|RESTART,RECREATE,QUARANTINE",
                "apache/kafka:4.2.0|container.unhealthy|-|kafka|NONE,RESTART,QUARANTINE",
                "lab/other|container.unhealthy|-|container|RESTART,RECREATE,QUARANTINE",
                "lab/other|gpu.container-lost-gpu|-|lost-gpu|RECREATE",
                "lab/other|container.restart-loop|-|restart-loop|NONE",
                "lab/other|gpu.hung|-|report|NONE",
            })
    void theDefaultsAreThoseOfTheTable(String image, String condition, String log, String name, String ladder) {
        List<String> lines = log == null ? List.of() : List.of("x", "level=error " + log);
        Playbook found = BUILT_IN.find(condition, container(image, 1, Map.of()), lines);
        assertThat(found.name()).isEqualTo(name);
        assertThat(found.ladder().stream().map(rung -> rung.action().name())).containsExactly(ladder.split(","));
    }

    @Test
    void aJobIsOnlyToldAboutUnlessItSaysMore() {
        assertThat(BUILT_IN.find("container.exited", container("lab/train", 1, Map.of(), "0"), List.of())
                        .name())
                .isEqualTo("job");
        Map<String, String> willing = Map.of("caretaker.job", "x", "caretaker.recovery.restart-job", "yes");
        assertThat(BUILT_IN.find("container.exited", container("lab/train", 1, willing), List.of())
                        .name())
                .isEqualTo("job-restart");
    }

    /** What the table says is never automatic cannot be written at all, or takes a person. */
    @Test
    void noDefaultRunsACommandStopsOrRestoresByItself() {
        for (Playbook playbook : BUILT_IN.all()) {
            for (Rung rung : playbook.ladder()) {
                assertThat(rung.action()).isNotIn(Action.EXEC, Action.STOP);
                assertThat(rung.approval()
                                || (rung.action() != Action.RESTORE_BACKUP && rung.action() != Action.FORMER_CONFIG))
                        .isTrue();
            }
        }
        assertThat(BUILT_IN.all().stream()
                        .filter(playbook -> playbook.name().equals("kafka"))
                        .findFirst()
                        .orElseThrow()
                        .rung(1)
                        .requires())
                .isEqualTo(Rung.Requirement.IN_SYNC_REPLICAS);
    }

    /** Grafana's own word is enough, whatever its log says. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"commit\": \"x\", \"database\": \"failing\"}|grafana-database-answer",
                "{\"database\":\"\"}|grafana-database-answer",
                "{\"database\": \"ok\", \"version\": \"13.0.0\"}|grafana",
                "''|grafana",
            })
    void aGrafanaThatSaysThatItsDatabaseIsNotOkIsCopied(String answer, String name) {
        // Given
        Sighting grafana = container("grafana/grafana:13.0", 0, Map.of());

        // When
        Playbook found = BUILT_IN.find("probe.failed", grafana, List.of(), answer);

        // Then
        assertThat(found.name()).isEqualTo(name);
        assertThat(found.copiesFirst()).isEqualTo(!name.equals("grafana"));
    }

    /** A match holds if all that it asks for does: with both a line and an answer neither alone is enough. */
    @Test
    void aLineAndAnAnswerMustBothHold() {
        // Given
        Playbooks own = Playbooks.parse("""
                playbooks:
                  - name: both
                    match: {log: 'disk I/O', answer: 'broken'}
                    ladder: [{action: none, advice: 'look at the disk'}]
                """, "own.yml");
        Sighting other = container("lab/other", 0, Map.of());

        // Then
        assertThat(own.find("probe.failed", other, List.of("disk I/O error"), "is broken")
                        .rung(0)
                        .advice())
                .isEqualTo("look at the disk");
        assertThat(own.find("probe.failed", other, List.of("disk I/O error"), "")
                        .name())
                .isEqualTo("container");
        assertThat(own.find("probe.failed", other, List.of(), "is broken").name())
                .isEqualTo("container");
    }

    /** What a copy needs, and what only a copy or an advice has. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{action: copy-aside}|absolute path",
                "{action: copy-aside, path: var/lib}|absolute path",
                "{action: copy-aside, path: /}|absolute path",
                "{action: copy-aside, path: /a/../b}|without '..'",
                "{action: copy-aside, path: /a/}|slash at its end",
                "{action: copy-aside, path: /a, check: b.db}|stop: true",
                "{action: copy-aside, path: /a, stop: true, check: ../b.db}|below the path",
                "{action: copy-aside, path: /a, stop: true, check: /b.db}|below the path",
                "{action: copy-aside, path: /a, port: 80}|only reload and former-config have a port",
                "{action: copy-aside, path: /a, flag: tsdb path}|is no flag",
                "{action: restart, flag: --a}|only copy-aside",
                "{action: restart, path: /a}|only reload, former-config, copy-aside",
                "{action: restart, stop: true}|only copy-aside",
                "{action: restart, advice: x}|only none",
                "{action: restart, requires: undamaged-copy}|undamaged-copy",
            })
    void aRungOfACopyIsReadStrictly(String rung, String why) {
        assertThatThrownBy(() -> Playbooks.parse("""
                        playbooks:
                          - name: a
                            match: {}
                            ladder:
                              - %s
                        """.formatted(rung), "own.yml"))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .singleElement()
                                .asString()
                                .matches("own\\.yml:5:\\d+: .*")
                                .contains(why));
    }

    /** Where it does not hold, the next rung is taken: there must be one, and a copy before it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{action: restore-backup, requires: damaged-copy}, {action: quarantine}]",
                "[{action: copy-aside, path: /a}, {action: restore-backup, requires: damaged-copy}]",
            })
    void whatNeedsADamagedCopyStandsBetweenTheCopyAndAnotherRung(String ladder) {
        assertThatThrownBy(() -> Playbooks.parse("""
                        playbooks:
                          - name: a
                            match: {answer: '['}
                            ladder: [{action: none}]
                          - name: b
                            match: {}
                            ladder: %s
                        """.formatted(ladder), "own.yml"))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .anySatisfy(problem -> assertThat(problem).startsWith("own.yml:3:"))
                                .anySatisfy(problem -> assertThat(problem).contains("comes after a copy-aside")));
    }

    @Test
    void anOperatorsComeFirstAndMayReplaceOrTakeOver() {
        Playbooks own = Playbooks.parse("""
                playbooks:
                  - name: mine
                    match: {services: [other], exit-codes: ["1", "100-120"], labels: {team: 'a.*'}}
                    ladder: [{action: exec, command: [/bin/fix, --now]}]
                  - name: node-exporter
                    match: {services: [node-exporter]}
                    ladder: [{action: none}]
                  - name: theirs
                    like: grafana
                    match: {image: 'lab/dash.*'}
                """, "own.yml");
        assertThat(own.find("container.exited", container("lab/other", 110, Map.of("team", "ab")), List.of())
                        .name())
                .isEqualTo("mine");
        assertThat(own.find("container.exited", container("lab/other", 99, Map.of("team", "ab")), List.of())
                        .name())
                .isEqualTo("container");
        assertThat(own.find("probe.failed", container("x/node-exporter", 0, Map.of()), List.of())
                        .rung(5)
                        .action())
                .isEqualTo(Action.NONE);
        assertThat(own.find("probe.failed", container("lab/dashboards", 0, Map.of()), List.of())
                        .ladder())
                .hasSize(3);
        assertThat(own.named("cadvisor")).isNotNull();
        assertThat(own.named("gone")).isNull();
    }

    @Test
    void everyMistakeIsToldWithItsLine() {
        assertThatThrownBy(() -> Playbooks.parse("""
                        playbooks:
                          - name: a
                            match: {image: '('}
                            ladder: [{action: reboot}]
                          - name: B C
                            match: {conditions: [container.sad], exit-codes: ["9-3"]}
                            ladder: [{action: exec}]
                          - name: c
                            match: {log: '[z-a]'}
                            ladder: [{action: reload, port: 99999}]
                            colour: red
                          - name: d
                            match: {}
                        """, "own.yml")).isInstanceOfSatisfying(ConfigException.class, e -> {
            assertThat(e.problems()).allMatch(problem -> problem.matches("own\\.yml:\\d+:\\d+: .*"));
            assertThat(String.join("\n", e.problems()))
                    .contains("own.yml:3:")
                    .contains("bad regular expression")
                    .contains("own.yml:4:")
                    .contains("reboot")
                    .contains("own.yml:6:")
                    .contains("own.yml:7:")
                    .contains("own.yml:9:")
                    .contains("own.yml:11:")
                    .contains("own.yml:12:");
        });
    }

    @Test
    void aStepThatSaysTooLittleOrTooMuchIsToldWithItsLine() {
        assertThatThrownBy(() -> Playbooks.parse("""
                        playbooks:
                          - name: a
                            match: {}
                            ladder:
                              - {action: fix-permissions, path: /data, owner: "grafana:root"}
                              - {action: fix-permissions, path: /data, owner: "4294967295:0"}
                              - {action: fix-permissions, path: data, owner: "472:0"}
                              - {action: fix-permissions, path: /data/../etc, owner: "472:0"}
                              - {action: fix-permissions, path: "/data; reboot", owner: "472:0"}
                              - {action: fix-permissions, path: /}
                              - {action: restart, owner: "472:0"}
                              - {action: restart, requires: credentials}
                              - {action: fix-permissions, path: /data, owner: "472:0", port: 80}
                              - {action: former-config, path: /-/reload}
                              - {action: restart, requires: former-config}
                              - {action: fix-permissions, path: /data, owner: "472:0"}
                        """, "own.yml"))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .satisfiesExactly(
                                        problem -> assertThat(problem)
                                                .startsWith("own.yml:5:")
                                                .contains("an owner in numbers"),
                                        problem -> assertThat(problem)
                                                .startsWith("own.yml:6:")
                                                .contains("an owner in numbers"),
                                        problem -> assertThat(problem)
                                                .startsWith("own.yml:7:")
                                                .contains("the path of a mount"),
                                        problem -> assertThat(problem)
                                                .startsWith("own.yml:8:")
                                                .contains("the path of a mount"),
                                        problem -> assertThat(problem)
                                                .startsWith("own.yml:9:")
                                                .contains("the path of a mount"),
                                        problem -> assertThat(problem)
                                                .startsWith("own.yml:10:")
                                                .contains("the path of a mount"),
                                        problem -> assertThat(problem)
                                                .startsWith("own.yml:11:")
                                                .contains("only fix-permissions"),
                                        problem -> assertThat(problem)
                                                .startsWith("own.yml:12:")
                                                .contains("only reload requires"),
                                        problem -> assertThat(problem)
                                                .startsWith("own.yml:13:")
                                                .contains("only reload and former-config have"),
                                        problem -> assertThat(problem)
                                                .startsWith("own.yml:14:")
                                                .contains("need a port and a path"),
                                        problem -> assertThat(problem)
                                                .startsWith("own.yml:15:")
                                                .contains("only former-config")));
    }

    @Test
    void aCircleAMissingOneAndADoubleAreToldWithTheirLines() {
        assertThatThrownBy(() -> Playbooks.parse("""
                        playbooks:
                          - {name: a, like: b, match: {}}
                          - {name: b, like: c, match: {}}
                          - {name: c, like: a, match: {}}
                          - {name: d, like: nobody, match: {}}
                          - {name: d, like: grafana, match: {}}
                        """, "own.yml"))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .contains(
                                        "own.yml:2:5: playbooks[0]: a: goes in a circle: a -> b -> c -> a",
                                        "own.yml:5:5: playbooks[3]: d: is like 'nobody', which is not there",
                                        "own.yml:6:5: playbooks[4]: d: is there twice"));
    }

    @Test
    void everyRowOfTheTableOfLogPatternsReadsALineOfIts() {
        var patterns = new LogPatterns();
        assertThat(patterns.all()).hasSizeGreaterThan(35);
        assertThat(patterns.of("grafana/grafana", List.of("t=1 lvl=eror msg=\"DATABASE IS LOCKED\"")))
                .singleElement()
                .extracting(LogPatterns.Meaning::verdict)
                .isEqualTo(LogPatterns.Verdict.REPORT);
        assertThat(patterns.of("prom/prometheus", List.of("database is locked")))
                .isEmpty();
        assertThat(patterns.of("", List.of("write x: no space left on device")))
                .singleElement()
                .extracting(LogPatterns.Meaning::verdict)
                .isEqualTo(LogPatterns.Verdict.DISK);
    }
}
