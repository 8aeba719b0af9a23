/* What the made-up GPUs do, and when: read from a text, see README.md. */
#ifndef CARETAKER_TEST_SCENARIO_H
#define CARETAKER_TEST_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "nvml.h"

enum { MAX_GPUS = 32, MAX_PIECES = 4, MAX_RULES = 64, MAX_EVENTS = 256, MAX_SPIKES = 32, MAX_FIELDS = 64 };
enum { MAX_INSTANCES = 16, MAX_PROCESSES = 128, MAX_LINKS = 36, MAX_GPM = 48 };

/* Every number that a GPU has: identifier, name in a scenario, value when the scenario says nothing. */
#define METRICS(X)                                                  \
    X(UTILIZATION, "utilization", 35)                               \
    X(MEMORY_UTILIZATION, "memory-utilization", 20)                 \
    X(ENCODER_UTILIZATION, "encoder-utilization", 0)                \
    X(DECODER_UTILIZATION, "decoder-utilization", 0)                \
    X(JPEG_UTILIZATION, "jpeg-utilization", 0)                      \
    X(OFA_UTILIZATION, "ofa-utilization", 0)                        \
    X(MEMORY_TOTAL, "memory-total", 85520809984.0)                  \
    X(MEMORY_USED, "memory-used", 21474836480.0)                    \
    X(MEMORY_RESERVED, "memory-reserved", 658505728.0)              \
    X(BAR1_TOTAL, "bar1-total", 137438953472.0)                     \
    X(BAR1_USED, "bar1-used", 22413312.0)                           \
    X(TEMPERATURE, "temperature", 45)                               \
    X(MEMORY_TEMPERATURE, "memory-temperature", 52)                 \
    X(TEMPERATURE_MARGIN, "temperature-margin", 42)                 \
    X(THRESHOLD_SHUTDOWN, "threshold-shutdown", 95)                 \
    X(THRESHOLD_SLOWDOWN, "threshold-slowdown", 92)                 \
    X(THRESHOLD_MEMORY_MAX, "threshold-memory-max", 95)             \
    X(THRESHOLD_GPU_MAX, "threshold-gpu-max", 87)                   \
    X(MARGIN_SHUTDOWN, "margin-shutdown", -8)                       \
    X(MARGIN_SLOWDOWN, "margin-slowdown", -2)                       \
    X(MARGIN_MEMORY_MAX, "margin-memory-max", 0)                    \
    X(MARGIN_GPU_MAX, "margin-gpu-max", 0)                          \
    X(POWER, "power", 250000)                                       \
    X(POWER_INSTANT, "power-instant", 252000)                       \
    X(POWER_LIMIT_ENFORCED, "power-limit-enforced", 700000)         \
    X(POWER_LIMIT_REQUESTED, "power-limit-requested", 700000)       \
    X(POWER_LIMIT_DEFAULT, "power-limit-default", 700000)           \
    X(POWER_LIMIT_MIN, "power-limit-min", 200000)                   \
    X(POWER_LIMIT_MAX, "power-limit-max", 700000)                   \
    X(ENERGY, "energy", 123456789)                                  \
    X(CLOCK_GRAPHICS, "clock-graphics", 1755)                       \
    X(CLOCK_SM, "clock-sm", 1750)                                   \
    X(CLOCK_MEMORY, "clock-memory", 2619)                           \
    X(CLOCK_VIDEO, "clock-video", 1545)                             \
    X(CLOCK_MAX_GRAPHICS, "clock-max-graphics", 1980)               \
    X(CLOCK_MAX_SM, "clock-max-sm", 1981)                           \
    X(CLOCK_MAX_MEMORY, "clock-max-memory", 2620)                   \
    X(CLOCK_MAX_VIDEO, "clock-max-video", 1546)                     \
    X(CLOCK_APPLICATION_GRAPHICS, "clock-application-graphics", 1900) \
    X(CLOCK_APPLICATION_SM, "clock-application-sm", 1901)           \
    X(CLOCK_APPLICATION_MEMORY, "clock-application-memory", 2618)   \
    X(CLOCK_APPLICATION_VIDEO, "clock-application-video", 1544)     \
    X(PERFORMANCE_STATE, "performance-state", 0)                    \
    X(CLOCK_REASONS, "clock-reasons", 0)                            \
    X(CLOCK_REASONS_SUPPORTED, "clock-reasons-supported", 511)      \
    X(FANS, "fans", 0)                                              \
    X(FAN_SPEED, "fan-speed", 30)                                   \
    X(FAN_RPM, "fan-rpm", 1800)                                     \
    X(PCIE_REPLAYS, "pcie-replays", 3)                              \
    X(PCIE_GENERATION, "pcie-generation", 5)                        \
    X(PCIE_GENERATION_MAX, "pcie-generation-max", 5)                \
    X(PCIE_GENERATION_GPU_MAX, "pcie-generation-gpu-max", 6)        \
    X(PCIE_WIDTH, "pcie-width", 16)                                 \
    X(PCIE_WIDTH_MAX, "pcie-width-max", 32)                         \
    X(PCIE_TRANSMIT, "pcie-transmit", 1000000)                      \
    X(PCIE_RECEIVE, "pcie-receive", 2000000)                        \
    X(PCIE_ERRORS, "pcie-errors", 0)                                \
    X(PCIE_RATE_TRANSMIT, "pcie-rate-transmit", 120000)             \
    X(PCIE_RATE_RECEIVE, "pcie-rate-receive", 340000)               \
    X(ECC_MODE, "ecc-mode", 1)                                      \
    X(ECC_MODE_PENDING, "ecc-mode-pending", 1)                      \
    X(ECC_CORRECTED_VOLATILE, "ecc-corrected-volatile", 4)          \
    X(ECC_CORRECTED_AGGREGATE, "ecc-corrected-aggregate", 40)       \
    X(ECC_UNCORRECTED_VOLATILE, "ecc-uncorrected-volatile", 0)      \
    X(ECC_UNCORRECTED_AGGREGATE, "ecc-uncorrected-aggregate", 1)    \
    X(SRAM_CORRECTED, "sram-corrected", 2)                          \
    X(SRAM_UNCORRECTED, "sram-uncorrected", 0)                      \
    X(SRAM_THRESHOLD_EXCEEDED, "sram-threshold-exceeded", 0)        \
    X(RETIRED_SINGLE, "retired-pages-single-bit", 0)                \
    X(RETIRED_DOUBLE, "retired-pages-double-bit", 0)                \
    X(RETIRED_PENDING, "retired-pages-pending", 0)                  \
    X(REMAPPED_CORRECTABLE, "remapped-rows-correctable", 0)         \
    X(REMAPPED_UNCORRECTABLE, "remapped-rows-uncorrectable", 0)     \
    X(REMAP_PENDING, "row-remap-pending", 0)                        \
    X(REMAP_FAILURE, "row-remap-failure", 0)                        \
    X(INACTIVE_CORRECTABLE, "inactive-remaps-correctable", 0)       \
    X(INACTIVE_UNCORRECTABLE, "inactive-remaps-uncorrectable", 0)   \
    X(BANKS_MAX, "row-remap-banks-max", 2560)                       \
    X(BANKS_HIGH, "row-remap-banks-high", 4)                        \
    X(BANKS_PARTIAL, "row-remap-banks-partial", 3)                  \
    X(BANKS_LOW, "row-remap-banks-low", 2)                          \
    X(BANKS_NONE, "row-remap-banks-none", 1)                        \
    X(UNREPAIRABLE, "unrepairable-memory", 0)                       \
    X(REPAIR_CHANNEL, "repair-pending-channel", 0)                  \
    X(REPAIR_TPC, "repair-pending-tpc", 0)                          \
    X(RECOVERY_ACTION, "recovery-action", 0)                        \
    X(POLICY_POWER, "policy-power", 7000000)                        \
    X(POLICY_THERMAL, "policy-thermal", 0)                          \
    X(POLICY_SYNC_BOOST, "policy-sync-boost", 0)                    \
    X(POLICY_BOARD_LIMIT, "policy-board-limit", 0)                  \
    X(POLICY_LOW_UTILIZATION, "policy-low-utilization", 0)          \
    X(POLICY_RELIABILITY, "policy-reliability", 0)                  \
    X(NVLINKS, "nvlinks", 18)                                       \
    X(NVLINKS_ACTIVE, "nvlinks-active", 18)                         \
    X(NVLINK_SPEED, "nvlink-speed", 26562)                          \
    X(NVLINK_TRANSMIT, "nvlink-transmit", 5000)                     \
    X(NVLINK_RECEIVE, "nvlink-receive", 6000)                       \
    X(NVLINK_ERRORS, "nvlink-errors", 0)                            \
    X(NVLINK_RECOVERIES, "nvlink-recoveries", 0)                    \
    X(NVLINK_CRC_FLIT, "nvlink-crc-flit", 0)                        \
    X(NVLINK_CRC_DATA, "nvlink-crc-data", 0)                        \
    X(NVLINK_ECC, "nvlink-ecc", 0)                                  \
    X(NVLINK_VERSION, "nvlink-version", 6)                          \
    X(NVLINK_REMOTE, "nvlink-remote", 2)                            \
    X(NVLINK5_TRANSMIT, "nvlink5-transmit", 7000)                   \
    X(NVLINK5_RECEIVE, "nvlink5-receive", 8000)                     \
    X(NVLINK5_MALFORMED, "nvlink5-malformed", 0)                    \
    X(NVLINK5_OVERRUN, "nvlink5-overrun", 0)                        \
    X(NVLINK5_RECEIVE_ERRORS, "nvlink5-receive-errors", 0)          \
    X(NVLINK5_REMOTE_ERRORS, "nvlink5-remote-errors", 0)            \
    X(NVLINK5_GENERAL, "nvlink5-general", 0)                        \
    X(NVLINK5_INTEGRITY, "nvlink5-integrity", 0)                    \
    X(NVLINK5_DISCARD, "nvlink5-discard", 0)                        \
    X(NVLINK5_RECOVERY_OK, "nvlink5-recovery-ok", 0)                \
    X(NVLINK5_RECOVERY_FAILED, "nvlink5-recovery-failed", 0)        \
    X(NVLINK5_EFFECTIVE, "nvlink5-effective", 0)                    \
    X(NVLINK5_EFFECTIVE_BER, "nvlink5-effective-ber", 0)            \
    X(NVLINK5_SYMBOL, "nvlink5-symbol", 0)                          \
    X(NVLINK5_SYMBOL_BER, "nvlink5-symbol-ber", 0)                  \
    X(C2C_LINKS, "c2c-links", 0)                                    \
    X(C2C_STATUS, "c2c-status", 1)                                  \
    X(C2C_BANDWIDTH, "c2c-bandwidth", 44)                           \
    X(C2C_CRC, "c2c-crc", 0)                                        \
    X(C2C_REPLAY, "c2c-replay", 0)                                  \
    X(C2C_REPLAY_B2B, "c2c-replay-b2b", 0)                          \
    X(GPM_SUPPORTED, "gpm-supported", 1)                            \
    X(MIG_MAX, "mig-max", 7)                                        \
    X(FABRIC_STATE, "fabric-state", 3)                              \
    X(FABRIC_STATUS, "fabric-status", 0)                            \
    X(FABRIC_CLIQUE, "fabric-clique", 0)                            \
    X(FABRIC_HEALTH, "fabric-health", 0)                            \
    X(FABRIC_SUMMARY, "fabric-summary", 1)                          \
    X(PERSISTENCE_MODE, "persistence-mode", 1)                      \
    X(COMPUTE_MODE, "compute-mode", 0)                              \
    X(MIG_MODE, "mig", 0)                                           \
    X(MIG_MODE_PENDING, "mig-pending", 0)                           \
    X(INFOROM, "inforom-corrupted", 0)                              \
    X(ARCHITECTURE, "architecture", 9)                              \
    X(COMPUTE_MAJOR, "compute-major", 9)                            \
    X(COMPUTE_MINOR, "compute-minor", 0)                            \
    X(MINOR_NUMBER, "minor-number", -1)                             \
    X(BOARD_ID, "board-id", 0)                                      \
    X(MODULE_ID, "module-id", 0)                                    \
    X(NUMA_NODE, "numa-node", 0)                                    \
    X(EVENT_TYPES, "event-types", 65439)

#define METRIC_IDENTIFIER(identifier, name, value) identifier,
typedef enum { METRICS(METRIC_IDENTIFIER) METRIC_COUNT } Metric;
#undef METRIC_IDENTIFIER

typedef enum { CONSTANT, RAMP, CLIMB, SINE, NOISE, BLANK, FAILING } Shape;

/* One stretch of a value: from fromUs (time since the scenario began) until the next piece begins. */
typedef struct {
    Shape shape;
    double first, second;
    int64_t overUs, fromUs;
} Piece;

typedef struct {
    Piece pieces[MAX_PIECES];
    int count;
    int64_t restartUs; /* a counter that began again at 0 at this time; negative: it never did */
} Curve;

typedef struct {
    unsigned int id;
    nvmlValueType_t type;
    Curve curve;
} OwnField;

/* One MIG device of a GPU; the place in the list is its index. */
typedef struct {
    unsigned int serial; /* 0: a hole; else a number that no other has, so that handles of the one before it die */
    unsigned int gpuInstance, computeInstance, multiprocessors, slices;
    char profile[24];
    unsigned long long total, used;
    nvmlReturn_t failing; /* what every call on it gives */
} Instance;

typedef enum { COMPUTE, GRAPHICS, MPS } ProcessKind;

typedef struct {
    unsigned int pid, gpuInstance, computeInstance, sm;
    unsigned long long used; /* all ones: unknown */
    ProcessKind kind;
} Process;

typedef struct {
    unsigned int gpuInstance, id; /* gpuInstance all ones: of the whole GPU */
    Curve curve;
} GpmCurve;

/* What is different about one link: -1 where nothing is. */
typedef struct {
    int state;
    nvmlReturn_t failing;
} LinkFault;

/* From when on something holds: a time, a number of calls, or never. */
typedef struct {
    bool set;
    int64_t atUs;
    long afterCalls;
} Since;

typedef struct {
    char name[96], uuid[96], serial[30], partNumber[80], vbios[32], gspFirmware[64], busId[32];
    Curve curves[METRIC_COUNT];
    OwnField fields[MAX_FIELDS];
    int fieldCount;
    Since lost, vanished, resetRequired;
    long calls;
    Instance instances[MAX_INSTANCES];
    Process processes[MAX_PROCESSES];
    int processCount;
    GpmCurve gpm[MAX_GPM];
    int gpmCount;
    LinkFault links[MAX_LINKS];
} Gpu;

typedef enum { HANG, SLOW, ERROR } Fault;

/* A function that hangs, is slow or fails. */
typedef struct {
    char function[64]; /* may end with * */
    int gpu;           /* -1: any */
    Fault fault;
    int64_t durationUs; /* HANG: negative = until released */
    nvmlReturn_t code;
    Since since;
} Rule;

typedef struct {
    int gpu;
    unsigned long long type, data;
    int64_t atUs, everyUs; /* everyUs 0: once */
} EventRule;

/* A value that only the sample ring shows. */
typedef struct {
    int gpu;
    Metric metric;
    double value;
    int64_t atUs, forUs;
} Spike;

typedef struct {
    int gpuCount;
    Gpu gpus[MAX_GPUS];
    Rule rules[MAX_RULES];
    int ruleCount;
    EventRule events[MAX_EVENTS];
    int eventCount;
    Spike spikes[MAX_SPIKES];
    int spikeCount;
    uint64_t seed;
    char driverVersion[80], nvmlVersion[80];
    int cudaVersion, driverBranch, processStride;
    unsigned int instanceSerial;
    char kernelLog[128]; /* the file that XIDs are also written to, or empty */
    long logged[MAX_EVENTS];
    bool manualClock;
    int64_t manualUs, beginUs;
} Scenario;

extern Scenario scenario;

/* Sets everything back to one quiet GPU and the real clock. */
void scenarioClear(void);

/* Applies the lines of a text; returns 0, or the number of the first line that was not understood. */
int scenarioApply(const char *text);

/* Time in microseconds since 1970, by the scenario's clock, and since the scenario began. */
int64_t clockUs(void);
int64_t scenarioUs(void);

/* The value of a curve at a time since the scenario began; NVML_SUCCESS or what the scenario says instead. */
nvmlReturn_t curveAt(const Curve *curve, int gpu, int metric, int64_t atUs, double *value, bool *blank);

/* The same for one of a GPU's metrics; *blank is set when the value is to be given as "all ones". */
nvmlReturn_t metricAt(int gpu, Metric metric, int64_t atUs, double *value, bool *blank);

/* How often an event has happened so far, and when the next will; INT64_MAX: never. */
long happened(const EventRule *event);
int64_t nextEventUs(void);

/* Writes the XIDs that have happened into the kernel's log, each once. */
void writeKernelLog(void);

/* Whether a condition holds now, for a GPU or function that has been called so often. */
bool holds(const Since *since, long calls);

#endif
