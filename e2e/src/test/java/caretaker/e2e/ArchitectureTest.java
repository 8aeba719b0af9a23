package caretaker.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;

/** The directions of dependency, and what deciding code may not touch. */
@AnalyzeClasses(packages = "caretaker", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] EDGES = {
        "io.vertx..", "org.apache.kafka..", "io.micrometer..", "io.netty..", "com.github.dockerjava.."
    };

    @ArchTest
    static final ArchRule CONTRACTS_KNOW_NO_TRANSPORT_AND_NOTHING_OF_OURS = noClasses()
            .that()
            .resideInAPackage("caretaker.contracts..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.vertx..",
                    "org.apache.kafka..",
                    "io.micrometer..",
                    "caretaker.chassis..",
                    "caretaker.agent..",
                    "caretaker.alerts..",
                    "caretaker.collector..",
                    "caretaker.recovery..",
                    "caretaker.docker..",
                    "caretaker.broker..",
                    "caretaker.cli..");

    @ArchTest
    static final ArchRule CHASSIS_KNOWS_NO_EVENT_AND_NO_SERVICE = noClasses()
            .that()
            .resideInAPackage("caretaker.chassis..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "caretaker.contracts..",
                    "caretaker.agent..",
                    "caretaker.alerts..",
                    "caretaker.collector..",
                    "caretaker.recovery..",
                    "caretaker.docker..",
                    "caretaker.broker..",
                    "caretaker.cli..");

    @ArchTest
    static final ArchRule DOCKER_KNOWS_NOTHING_OF_OURS = noClasses()
            .that()
            .resideInAPackage("caretaker.docker..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "caretaker.contracts..",
                    "caretaker.chassis..",
                    "caretaker.agent..",
                    "caretaker.alerts..",
                    "caretaker.collector..",
                    "caretaker.recovery..",
                    "caretaker.broker..",
                    "caretaker.cli..");

    @ArchTest
    static final ArchRule THE_AGENT_KNOWS_NO_OTHER_SERVICE = noClasses()
            .that()
            .resideInAPackage("caretaker.agent..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "caretaker.alerts..",
                    "caretaker.collector..",
                    "caretaker.recovery..",
                    "caretaker.cli..",
                    "caretaker.broker..");

    @ArchTest
    static final ArchRule THE_COLLECTOR_KNOWS_NO_OTHER_SERVICE = noClasses()
            .that()
            .resideInAPackage("caretaker.collector..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "caretaker.agent..",
                    "caretaker.alerts..",
                    "caretaker.recovery..",
                    "caretaker.cli..",
                    "caretaker.broker..");

    @ArchTest
    static final ArchRule THE_ALERT_ROUTER_KNOWS_NO_OTHER_SERVICE = noClasses()
            .that()
            .resideInAPackage("caretaker.alerts..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "caretaker.agent..",
                    "caretaker.collector..",
                    "caretaker.recovery..",
                    "caretaker.cli..",
                    "caretaker.broker..");

    @ArchTest
    static final ArchRule THE_RECOVERY_SERVICE_KNOWS_NO_OTHER_SERVICE = noClasses()
            .that()
            .resideInAPackage("caretaker.recovery..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "caretaker.agent..",
                    "caretaker.alerts..",
                    "caretaker.collector..",
                    "caretaker.cli..",
                    "caretaker.broker..");

    @ArchTest
    static final ArchRule DECIDING_PACKAGES_TOUCH_NO_EDGE = noClasses()
            .that()
            .resideInAnyPackage(
                    "caretaker.agent.containers..",
                    "caretaker.agent.simulated..",
                    "caretaker.agent.nvml..",
                    "caretaker.alerts.builtin..",
                    "caretaker.alerts.config..",
                    "caretaker.alerts.delivery..",
                    "caretaker.alerts.routing..",
                    "caretaker.alerts.state..",
                    "caretaker.alerts.template..",
                    "caretaker.agent.health..",
                    "caretaker.agent.xid..",
                    "caretaker.cli.fleet..",
                    "caretaker.collector.state..",
                    "caretaker.collector.exposition..",
                    "caretaker.collector.discovery..",
                    "caretaker.recovery.containers..",
                    "caretaker.recovery.incident..",
                    "caretaker.recovery.playbook..",
                    "caretaker.recovery.report..",
                    "caretaker.agent.inventory..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(EDGES);

    @ArchTest
    static final ArchRule NATIVE_CODE_IS_BOUND_IN_ONE_PLACE = noClasses()
            .that()
            .resideOutsideOfPackage("caretaker.agent.nvml..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.foreign..");

    @ArchTest
    static final ArchRule TIME_IS_A_PARAMETER = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule NOBODY_SLEEPS = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule NOBODY_PRINTS_BUT_THE_COMMAND_LINE = noClasses()
            .that()
            .resideOutsideOfPackages("caretaker.cli..", "caretaker.benchmarks..")
            .and()
            .haveSimpleNameNotEndingWith("Main")
            .should()
            .accessField(System.class, "out");
}
