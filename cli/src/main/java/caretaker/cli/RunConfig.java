package caretaker.cli;

import caretaker.agent.GpuAgentConfig;
import caretaker.alerts.AlertRouterConfig;
import caretaker.chassis.LogSettings;
import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import caretaker.collector.CollectorConfig;
import caretaker.recovery.RecoveryServiceConfig;
import java.nio.file.Path;

/**
 * Everything in one process: the settings of each service, and of the Kafka between them.
 *
 * <p>The services use the embedded Kafka, whatever their own {@code kafka} says.
 *
 * @param data where Kafka keeps its log, and services what must outlive them unless they have a folder of their own
 * @param kafkaPort on 127.0.0.1, open to any Kafka client
 */
record RunConfig(
        @Default("caretaker-data") Path data,
        @Default("9092") @Range(min = "0", max = "65535") int kafkaPort,
        LogSettings log,
        GpuAgentConfig gpuAgent,
        CollectorConfig collector,
        AlertRouterConfig alertRouter,
        RecoveryServiceConfig recoveryService) {}
