/* The functions of NVML that the agent uses, answered from the scenario. */
#define _GNU_SOURCE
#include "nvml.h"

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "give.h"

/* ---- giving values ---- */

nvmlReturn_t nullPointer(const char *function) {
    return violation(NVML_ERROR_INVALID_ARGUMENT, "%s with a null pointer", function);
}

/* A blank is all ones, in whatever width. */
nvmlReturn_t give32(int gpu, Metric metric, unsigned int *to) {
    double value = 0;
    bool blank;
    nvmlReturn_t result = metricAt(gpu, metric, scenarioUs(), &value, &blank);
    if (result == NVML_SUCCESS) {
        *to = blank ? 0xFFFFFFFFu : (unsigned int)(long long)value;
    }
    return result;
}

nvmlReturn_t give64(int gpu, Metric metric, unsigned long long *to) {
    double value = 0;
    bool blank;
    nvmlReturn_t result = metricAt(gpu, metric, scenarioUs(), &value, &blank);
    if (result == NVML_SUCCESS) {
        *to = blank ? ~0ull : (unsigned long long)(long long)value;
    }
    return result;
}

nvmlReturn_t giveSigned(int gpu, Metric metric, int *to) {
    unsigned int bits = 0;
    nvmlReturn_t result = give32(gpu, metric, &bits);
    if (result == NVML_SUCCESS) {
        memcpy(to, &bits, sizeof bits);
    }
    return result;
}

/* Writes a text and then marks up to the end of the buffer, which a caller that reads past the 0 would see. */
nvmlReturn_t giveText(const char *function, const char *text, char *to, unsigned int length, unsigned int documented) {
    if (to == NULL) {
        return nullPointer(function);
    }
    if (length < documented) {
        return violation(NVML_ERROR_INSUFFICIENT_SIZE, "%s with a buffer of %u bytes, not %u", function, length, documented);
    }
    size_t used = strlen(text) + 1;
    if (used > length) {
        return NVML_ERROR_INSUFFICIENT_SIZE;
    }
    memset(to, '#', length);
    memcpy(to, text, used);
    return NVML_SUCCESS;
}

bool migOn(int gpu) {
    unsigned int mode = 0;
    return give32(gpu, MIG_MODE, &mode) == NVML_SUCCESS && mode == 1;
}

/* ---- life and versions ---- */

static nvmlReturn_t initialize(const char *function) {
    nvmlReturn_t result = enter(function);
    if (result == NVML_SUCCESS && session.initCount++ == 0) {
        beginSession();
    }
    return leave(result);
}

nvmlReturn_t nvmlInit_v2(void) { return initialize("nvmlInit_v2"); }

nvmlReturn_t nvmlInitWithFlags(unsigned int flags) {
    return flags > 7 ? NVML_ERROR_INVALID_ARGUMENT : initialize("nvmlInitWithFlags");
}

nvmlReturn_t nvmlShutdown(void) {
    nvmlReturn_t result = enterInitialized("nvmlShutdown");
    if (result == NVML_SUCCESS && othersInside() > 0) {
        result = violation(NVML_ERROR_UNKNOWN, "nvmlShutdown while another thread is inside");
    }
    if (result == NVML_SUCCESS && --session.initCount == 0) {
        endSession();
    }
    return leave(result);
}

const char *nvmlErrorString(nvmlReturn_t result) {
    switch (result) {
        case NVML_SUCCESS:
            return "no error";
        case NVML_ERROR_UNINITIALIZED:
            return "not initialized";
        case NVML_ERROR_GPU_IS_LOST:
            return "the GPU is lost";
        default:
            return "some error";
    }
}

nvmlReturn_t nvmlSystemGetDriverVersion(char *version, unsigned int length) {
    nvmlReturn_t result = enterInitialized("nvmlSystemGetDriverVersion");
    if (result == NVML_SUCCESS) {
        result = giveText("nvmlSystemGetDriverVersion", scenario.driverVersion, version, length, 80);
    }
    return leave(result);
}

nvmlReturn_t nvmlSystemGetNVMLVersion(char *version, unsigned int length) {
    nvmlReturn_t result = enter("nvmlSystemGetNVMLVersion");
    if (result == NVML_SUCCESS) {
        result = giveText("nvmlSystemGetNVMLVersion", scenario.nvmlVersion, version, length, 80);
    }
    return leave(result);
}

nvmlReturn_t nvmlSystemGetCudaDriverVersion(int *cudaDriverVersion) {
    nvmlReturn_t result = enter("nvmlSystemGetCudaDriverVersion");
    if (result == NVML_SUCCESS && cudaDriverVersion == NULL) {
        result = nullPointer("nvmlSystemGetCudaDriverVersion");
    }
    if (result == NVML_SUCCESS) {
        *cudaDriverVersion = scenario.cudaVersion;
    }
    return leave(result);
}

/* ---- discovery and identity ---- */

nvmlReturn_t nvmlDeviceGetCount_v2(unsigned int *deviceCount) {
    nvmlReturn_t result = enterInitialized("nvmlDeviceGetCount_v2");
    if (result == NVML_SUCCESS && deviceCount == NULL) {
        result = nullPointer("nvmlDeviceGetCount_v2");
    }
    if (result == NVML_SUCCESS) {
        *deviceCount = (unsigned int)session.visibleCount;
    }
    return leave(result);
}

static nvmlReturn_t giveHandle(int gpu, nvmlDevice_t *device) {
    Gpu *card = &scenario.gpus[gpu];
    if (holds(&card->lost, card->calls) || holds(&card->vanished, card->calls)) {
        return NVML_ERROR_GPU_IS_LOST;
    }
    *device = handleOf(gpu);
    return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *device) {
    nvmlReturn_t result = enterInitialized("nvmlDeviceGetHandleByIndex_v2");
    if (result == NVML_SUCCESS && device == NULL) {
        result = nullPointer("nvmlDeviceGetHandleByIndex_v2");
    }
    if (result == NVML_SUCCESS) {
        result = index < (unsigned int)session.visibleCount ? giveHandle(session.visible[index], device)
                                                            : NVML_ERROR_INVALID_ARGUMENT;
    }
    return leave(result);
}

/* The GPU with this text at this place in its description. */
static nvmlReturn_t giveHandleWith(const char *function, size_t place, const char *text, nvmlDevice_t *device) {
    nvmlReturn_t result = enterInitialized(function);
    if (result == NVML_SUCCESS && (text == NULL || device == NULL)) {
        result = nullPointer(function);
    }
    if (result != NVML_SUCCESS) {
        return leave(result);
    }
    for (int i = 0; i < session.visibleCount; i++) {
        int gpu = session.visible[i];
        if (strcasecmp((const char *)&scenario.gpus[gpu] + place, text) == 0) {
            return leave(giveHandle(gpu, device));
        }
    }
    return leave(NVML_ERROR_NOT_FOUND);
}

nvmlReturn_t nvmlDeviceGetHandleByUUID(const char *uuid, nvmlDevice_t *device) {
    return giveHandleWith("nvmlDeviceGetHandleByUUID", offsetof(Gpu, uuid), uuid, device);
}

nvmlReturn_t nvmlDeviceGetHandleByPciBusId_v2(const char *pciBusId, nvmlDevice_t *device) {
    return giveHandleWith("nvmlDeviceGetHandleByPciBusId_v2", offsetof(Gpu, busId), pciBusId, device);
}

/* Of a GPU or of a MIG device. */
static nvmlReturn_t giveIdentity(
        const char *function, nvmlDevice_t device, bool uuid, char *to, unsigned int length) {
    int gpu;
    const Instance *instance;
    nvmlReturn_t result = enterDevice(function, device, &gpu, &instance);
    const Gpu *card = &scenario.gpus[gpu];
    const char *own = uuid ? card->uuid : card->name;
    char text[160];
    if (instance == NULL) {
        snprintf(text, sizeof text, "%s", own);
    } else if (uuid) {
        snprintf(text, sizeof text, "MIG-00000000-0000-4000-8000-%06d%06u", gpu, instance->serial);
    } else {
        snprintf(text, sizeof text, "%s MIG %s", card->name, instance->profile);
    }
    if (result == NVML_SUCCESS && own[0] == '-') {
        result = NVML_ERROR_NOT_SUPPORTED;
    }
    return leave(result == NVML_SUCCESS ? giveText(function, text, to, length, 96) : result);
}

nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t device, char *uuid, unsigned int length) {
    return giveIdentity("nvmlDeviceGetUUID", device, true, uuid, length);
}

nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t device, char *name, unsigned int length) {
    return giveIdentity("nvmlDeviceGetName", device, false, name, length);
}

TEXT_GETTER(nvmlDeviceGetSerial, serial, 30)
TEXT_GETTER(nvmlDeviceGetBoardPartNumber, partNumber, 80)
TEXT_GETTER(nvmlDeviceGetVbiosVersion, vbios, 32)

nvmlReturn_t nvmlDeviceGetGspFirmwareVersion(nvmlDevice_t device, char *version) {
    int gpu;
    nvmlReturn_t result = enterGpu("nvmlDeviceGetGspFirmwareVersion", device, &gpu);
    if (result == NVML_SUCCESS && scenario.gpus[gpu].gspFirmware[0] == '-') {
        result = NVML_ERROR_NOT_SUPPORTED;
    }
    if (result == NVML_SUCCESS) {
        result = giveText("nvmlDeviceGetGspFirmwareVersion", scenario.gpus[gpu].gspFirmware, version, 64, 64);
    }
    return leave(result);
}

FILLER(nvmlDeviceGetPciInfo_v3, nvmlPciInfo_t, 0, {
    const char *busId = scenario.gpus[gpu].busId;
    memset(to, '#', sizeof *to);
    snprintf(to->busId, sizeof to->busId, "%s", busId);
    snprintf(to->busIdLegacy, sizeof to->busIdLegacy, "%.12s", strlen(busId) > 4 ? busId + 4 : busId);
    to->domain = (unsigned int)strtoul(busId, NULL, 16);
    to->bus = strlen(busId) > 9 ? (unsigned int)strtoul(busId + 9, NULL, 16) : 0;
    to->device = strlen(busId) > 12 ? (unsigned int)strtoul(busId + 12, NULL, 16) : 0;
    to->pciDeviceId = 0x233010DE;
    to->pciSubSystemId = 0x16C110DE;
})

nvmlReturn_t nvmlDeviceGetIndex(nvmlDevice_t device, unsigned int *index) {
    int gpu;
    nvmlReturn_t result = enterGpu("nvmlDeviceGetIndex", device, &gpu);
    if (result == NVML_SUCCESS && index == NULL) {
        result = nullPointer("nvmlDeviceGetIndex");
    }
    for (int i = 0; result == NVML_SUCCESS && i < session.visibleCount; i++) {
        if (session.visible[i] == gpu) {
            *index = (unsigned int)i;
        }
    }
    return leave(result);
}

GETTER(nvmlDeviceGetMinorNumber, unsigned int, give32, MINOR_NUMBER)
GETTER(nvmlDeviceGetBoardId, unsigned int, give32, BOARD_ID)
GETTER(nvmlDeviceGetArchitecture, unsigned int, give32, ARCHITECTURE)
PAIR_GETTER(nvmlDeviceGetCudaComputeCapability, int, giveSigned, COMPUTE_MAJOR, COMPUTE_MINOR)
#if DRIVER_BRANCH >= 535
GETTER(nvmlDeviceGetModuleId, unsigned int, give32, MODULE_ID)
#endif
#if DRIVER_BRANCH >= 550
GETTER(nvmlDeviceGetNumaNodeId, unsigned int, give32, NUMA_NODE)
#endif

/* ---- utilization and memory ---- */

FILLER(nvmlDeviceGetUtilizationRates, nvmlUtilization_t, 0, {
    result = migOn(gpu) ? NVML_ERROR_NOT_SUPPORTED : give32(gpu, UTILIZATION, &to->gpu);
    if (result == NVML_SUCCESS) {
        result = give32(gpu, MEMORY_UTILIZATION, &to->memory);
    }
})

#define ENGINE_GETTER(function, metric)                                                                \
    nvmlReturn_t function(nvmlDevice_t device, unsigned int *utilization, unsigned int *samplingPeriodUs) { \
        int gpu;                                                                                       \
        nvmlReturn_t result = enterGpu(#function, device, &gpu);                                       \
        if (result == NVML_SUCCESS && (utilization == NULL || samplingPeriodUs == NULL)) {             \
            result = nullPointer(#function);                                                           \
        }                                                                                              \
        if (result == NVML_SUCCESS) {                                                                  \
            result = migOn(gpu) ? NVML_ERROR_NOT_SUPPORTED : give32(gpu, metric, utilization);         \
        }                                                                                              \
        if (result == NVML_SUCCESS) {                                                                  \
            *samplingPeriodUs = 166667;                                                                \
        }                                                                                              \
        return leave(result);                                                                          \
    }

ENGINE_GETTER(nvmlDeviceGetEncoderUtilization, ENCODER_UTILIZATION)
ENGINE_GETTER(nvmlDeviceGetDecoderUtilization, DECODER_UTILIZATION)
#if DRIVER_BRANCH >= 535
ENGINE_GETTER(nvmlDeviceGetJpgUtilization, JPEG_UTILIZATION)
ENGINE_GETTER(nvmlDeviceGetOfaUtilization, OFA_UTILIZATION)
#endif

/* The ring holds the last 119 samples, one every sixth of a second (power: every 20 ms). */
enum { RING = 119 };

static nvmlReturn_t sample(int gpu, Metric metric, int64_t atUs, nvmlSample_t *to) {
    double value = 0;
    bool blank;
    nvmlReturn_t result = metricAt(gpu, metric, atUs, &value, &blank);
    for (int i = 0; i < scenario.spikeCount; i++) {
        const Spike *spike = &scenario.spikes[i];
        if (spike->gpu == gpu && spike->metric == metric && atUs >= spike->atUs && atUs < spike->atUs + spike->forUs) {
            value = spike->value;
        }
    }
    memset(&to->sampleValue, 0xAA, sizeof to->sampleValue);
    to->timeStamp = (unsigned long long)(scenario.beginUs + atUs);
    to->sampleValue.uiVal = blank ? 0xFFFFFFFFu : (unsigned int)(long long)value;
    return result;
}

static int samplingMetric(nvmlSamplingType_t type) {
    static const int METRICS_OF_TYPES[] = {POWER, UTILIZATION, MEMORY_UTILIZATION, ENCODER_UTILIZATION,
            DECODER_UTILIZATION, CLOCK_SM, CLOCK_MEMORY};
    return type < sizeof METRICS_OF_TYPES / sizeof *METRICS_OF_TYPES ? METRICS_OF_TYPES[type] : -1;
}

static nvmlReturn_t giveSamples(int gpu, nvmlSamplingType_t type, unsigned long long lastSeen, unsigned int *count,
        nvmlSample_t *samples) {
    int metric = samplingMetric(type);
    if (metric < 0) {
        return NVML_ERROR_INVALID_ARGUMENT;
    }
    if (migOn(gpu) && type >= SAMPLES_GPU && type <= SAMPLES_DECODER) {
        return NVML_ERROR_NOT_SUPPORTED;
    }
    int64_t periodUs = type == SAMPLES_POWER ? 20000 : 166667;
    int64_t last = scenarioUs() / periodUs, first = last - RING + 1 < 0 ? 0 : last - RING + 1;
    if (lastSeen >= (unsigned long long)(scenario.beginUs + first * periodUs)) {
        first = ((int64_t)lastSeen - scenario.beginUs) / periodUs + 1;
    }
    if (first > last) {
        return NVML_ERROR_NOT_FOUND;
    }
    if (samples == NULL) {
        *count = RING;
        return NVML_SUCCESS;
    }
    if (*count == 0) {
        return violation(NVML_ERROR_INVALID_ARGUMENT, "nvmlDeviceGetSamples with room for no sample");
    }
    unsigned int given = 0;
    nvmlReturn_t result = NVML_SUCCESS;
    for (int64_t k = first; k <= last && given < *count && result == NVML_SUCCESS; k++) {
        result = sample(gpu, (Metric)metric, k * periodUs, &samples[given++]);
    }
    *count = given;
    return result;
}

nvmlReturn_t nvmlDeviceGetSamples(nvmlDevice_t device, nvmlSamplingType_t type, unsigned long long lastSeenTimeStamp,
        nvmlValueType_t *sampleValType, unsigned int *sampleCount, nvmlSample_t *samples) {
    int gpu;
    nvmlReturn_t result = enterGpu("nvmlDeviceGetSamples", device, &gpu);
    if (result == NVML_SUCCESS && (sampleValType == NULL || sampleCount == NULL)) {
        result = nullPointer("nvmlDeviceGetSamples");
    }
    if (result == NVML_SUCCESS) {
        *sampleValType = VALUE_UINT;
        result = giveSamples(gpu, type, lastSeenTimeStamp, sampleCount, samples);
    }
    return leave(result);
}

FILLER(nvmlDeviceGetMemoryInfo, nvmlMemory_t, 0, {
    unsigned long long reserved = 0;
    result = give64(gpu, MEMORY_TOTAL, &to->total);
    if (result == NVML_SUCCESS && give64(gpu, MEMORY_RESERVED, &reserved) == NVML_SUCCESS) {
        result = give64(gpu, MEMORY_USED, &to->used);
    }
    to->used = to->used == ~0ull ? to->used : to->used + reserved;
    to->free = to->used == ~0ull ? to->used : to->total - to->used;
})

nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t *to) {
    int gpu;
    const Instance *instance;
    nvmlReturn_t result = enterDevice("nvmlDeviceGetMemoryInfo_v2", device, &gpu, &instance);
    if (result == NVML_SUCCESS && to == NULL) {
        result = nullPointer("nvmlDeviceGetMemoryInfo_v2");
    }
    if (result == NVML_SUCCESS) {
        result = checkWord("nvmlDeviceGetMemoryInfo_v2", to->version, VERSION_WORD(nvmlMemory_v2_t, 2));
    }
    if (result == NVML_SUCCESS && instance != NULL) {
        to->total = instance->total;
        to->used = instance->used;
        to->reserved = 0;
        to->free = instance->total - instance->used;
        return leave(result);
    }
    if (result == NVML_SUCCESS) {
        result = give64(gpu, MEMORY_TOTAL, &to->total);
    }
    if (result == NVML_SUCCESS) {
        result = give64(gpu, MEMORY_RESERVED, &to->reserved);
    }
    if (result == NVML_SUCCESS) {
        result = give64(gpu, MEMORY_USED, &to->used);
    }
    if (result == NVML_SUCCESS) {
        to->free = to->used == ~0ull ? to->used : to->total - to->used - to->reserved;
    }
    return leave(result);
}

FILLER(nvmlDeviceGetBAR1MemoryInfo, nvmlBAR1Memory_t, 0, {
    result = give64(gpu, BAR1_TOTAL, &to->bar1Total);
    if (result == NVML_SUCCESS) {
        result = give64(gpu, BAR1_USED, &to->bar1Used);
    }
    to->bar1Free = to->bar1Total - to->bar1Used;
})

/* ---- heat, power, clocks, fans ---- */

nvmlReturn_t nvmlDeviceGetTemperature(nvmlDevice_t device, nvmlTemperatureSensors_t sensorType, unsigned int *temp) {
    int gpu;
    nvmlReturn_t result = enterGpu("nvmlDeviceGetTemperature", device, &gpu);
    if (result == NVML_SUCCESS && (temp == NULL || sensorType != 0)) {
        result = violation(NVML_ERROR_INVALID_ARGUMENT, "nvmlDeviceGetTemperature with sensor %u", sensorType);
    }
    return leave(result == NVML_SUCCESS ? give32(gpu, TEMPERATURE, temp) : result);
}

nvmlReturn_t nvmlDeviceGetTemperatureThreshold(
        nvmlDevice_t device, nvmlTemperatureThresholds_t thresholdType, unsigned int *temp) {
    int gpu;
    nvmlReturn_t result = enterGpu("nvmlDeviceGetTemperatureThreshold", device, &gpu);
    if (result == NVML_SUCCESS && (temp == NULL || thresholdType > 7)) {
        result = violation(
                NVML_ERROR_INVALID_ARGUMENT, "nvmlDeviceGetTemperatureThreshold with threshold %u", thresholdType);
    }
    if (result == NVML_SUCCESS) {
        result = thresholdType > 3 ? NVML_ERROR_NOT_SUPPORTED
                                   : give32(gpu, (Metric)(THRESHOLD_SHUTDOWN + (int)thresholdType), temp);
    }
    return leave(result);
}

static nvmlReturn_t checkFan(int gpu, unsigned int fan) {
    unsigned int fans = 0;
    give32(gpu, FANS, &fans);
    return fans == 0 ? NVML_ERROR_NOT_SUPPORTED : fan < fans ? NVML_SUCCESS : NVML_ERROR_INVALID_ARGUMENT;
}

#if DRIVER_BRANCH >= 570
FILLER(nvmlDeviceGetTemperatureV, nvmlTemperature_t, VERSION_WORD(nvmlTemperature_v1_t, 1), {
    result = to->sensorType == 0 ? giveSigned(gpu, TEMPERATURE, &to->temperature)
                                 : violation(NVML_ERROR_INVALID_ARGUMENT, "nvmlDeviceGetTemperatureV with sensor %u",
                                         to->sensorType);
})

FILLER(nvmlDeviceGetMarginTemperature, nvmlMarginTemperature_t, VERSION_WORD(nvmlMarginTemperature_v1_t, 1),
        { result = giveSigned(gpu, TEMPERATURE_MARGIN, &to->marginTemperature); })

FILLER(nvmlDeviceGetFanSpeedRPM, nvmlFanSpeedInfo_t, VERSION_WORD(nvmlFanSpeedInfo_v1_t, 1), {
    result = checkFan(gpu, to->fan);
    if (result == NVML_SUCCESS) {
        result = give32(gpu, FAN_RPM, &to->speed);
    }
})
#endif

GETTER(nvmlDeviceGetPowerUsage, unsigned int, give32, POWER)
GETTER(nvmlDeviceGetPowerManagementLimit, unsigned int, give32, POWER_LIMIT_REQUESTED)
GETTER(nvmlDeviceGetEnforcedPowerLimit, unsigned int, give32, POWER_LIMIT_ENFORCED)
GETTER(nvmlDeviceGetPowerManagementDefaultLimit, unsigned int, give32, POWER_LIMIT_DEFAULT)
PAIR_GETTER(nvmlDeviceGetPowerManagementLimitConstraints, unsigned int, give32, POWER_LIMIT_MIN, POWER_LIMIT_MAX)
GETTER(nvmlDeviceGetTotalEnergyConsumption, unsigned long long, give64, ENERGY)
GETTER(nvmlDeviceGetPerformanceState, unsigned int, give32, PERFORMANCE_STATE)
GETTER(nvmlDeviceGetCurrentClocksThrottleReasons, unsigned long long, give64, CLOCK_REASONS)
GETTER(nvmlDeviceGetSupportedClocksThrottleReasons, unsigned long long, give64, CLOCK_REASONS_SUPPORTED)
#if DRIVER_BRANCH >= 535
GETTER(nvmlDeviceGetCurrentClocksEventReasons, unsigned long long, give64, CLOCK_REASONS)
GETTER(nvmlDeviceGetSupportedClocksEventReasons, unsigned long long, give64, CLOCK_REASONS_SUPPORTED)
#endif
GETTER(nvmlDeviceGetNumFans, unsigned int, give32, FANS)

/* One of four metrics that follow each other: the domains graphics, SM, memory, video. */
static nvmlReturn_t giveClock(const char *function, nvmlDevice_t device, nvmlClockType_t type, Metric first, unsigned int *clock) {
    int gpu;
    nvmlReturn_t result = enterGpu(function, device, &gpu);
    if (result == NVML_SUCCESS && (clock == NULL || type > 3)) {
        result = violation(NVML_ERROR_INVALID_ARGUMENT, "%s with clock type %u", function, type);
    }
    return leave(result == NVML_SUCCESS ? give32(gpu, (Metric)(first + (int)type), clock) : result);
}

nvmlReturn_t nvmlDeviceGetClockInfo(nvmlDevice_t device, nvmlClockType_t type, unsigned int *clock) {
    return giveClock("nvmlDeviceGetClockInfo", device, type, CLOCK_GRAPHICS, clock);
}

nvmlReturn_t nvmlDeviceGetMaxClockInfo(nvmlDevice_t device, nvmlClockType_t type, unsigned int *clock) {
    return giveClock("nvmlDeviceGetMaxClockInfo", device, type, CLOCK_MAX_GRAPHICS, clock);
}

nvmlReturn_t nvmlDeviceGetClock(
        nvmlDevice_t device, nvmlClockType_t clockType, nvmlClockId_t clockId, unsigned int *clockMHz) {
    static const Metric FIRST[] = {CLOCK_GRAPHICS, CLOCK_APPLICATION_GRAPHICS, CLOCK_MAX_GRAPHICS, CLOCK_MAX_GRAPHICS};
    return giveClock("nvmlDeviceGetClock", device, clockId > 3 ? 99 : clockType, FIRST[clockId & 3], clockMHz);
}

nvmlReturn_t nvmlDeviceGetFanSpeed_v2(nvmlDevice_t device, unsigned int fan, unsigned int *speed) {
    int gpu;
    nvmlReturn_t result = enterGpu("nvmlDeviceGetFanSpeed_v2", device, &gpu);
    if (result == NVML_SUCCESS && speed == NULL) {
        result = nullPointer("nvmlDeviceGetFanSpeed_v2");
    }
    if (result == NVML_SUCCESS) {
        result = checkFan(gpu, fan);
    }
    return leave(result == NVML_SUCCESS ? give32(gpu, FAN_SPEED, speed) : result);
}

/* ---- PCIe ---- */

GETTER(nvmlDeviceGetPcieReplayCounter, unsigned int, give32, PCIE_REPLAYS)
GETTER(nvmlDeviceGetCurrPcieLinkGeneration, unsigned int, give32, PCIE_GENERATION)
GETTER(nvmlDeviceGetMaxPcieLinkGeneration, unsigned int, give32, PCIE_GENERATION_MAX)
GETTER(nvmlDeviceGetGpuMaxPcieLinkGeneration, unsigned int, give32, PCIE_GENERATION_GPU_MAX)
GETTER(nvmlDeviceGetCurrPcieLinkWidth, unsigned int, give32, PCIE_WIDTH)
GETTER(nvmlDeviceGetMaxPcieLinkWidth, unsigned int, give32, PCIE_WIDTH_MAX)

/* Measures for 20 ms, as the real one does. */
nvmlReturn_t nvmlDeviceGetPcieThroughput(nvmlDevice_t device, nvmlPcieUtilCounter_t counter, unsigned int *value) {
    int gpu;
    nvmlReturn_t result = enterGpu("nvmlDeviceGetPcieThroughput", device, &gpu);
    if (result == NVML_SUCCESS && (value == NULL || counter > 1)) {
        result = violation(NVML_ERROR_INVALID_ARGUMENT, "nvmlDeviceGetPcieThroughput with counter %u", counter);
    }
    if (result == NVML_SUCCESS) {
        result = give32(gpu, counter == 0 ? PCIE_RATE_TRANSMIT : PCIE_RATE_RECEIVE, value);
        measureFor(20000);
    }
    return leave(result);
}

/* ---- ECC, retirement, remapping, repair ---- */

PAIR_GETTER(nvmlDeviceGetEccMode, nvmlEnableState_t, give32, ECC_MODE, ECC_MODE_PENDING)
GETTER(nvmlDeviceGetRetiredPagesPendingStatus, nvmlEnableState_t, give32, RETIRED_PENDING)

static nvmlReturn_t giveEcc(const char *function, int gpu, unsigned int error, unsigned int counter, unsigned long long *to) {
    if (to == NULL || error > 1 || counter > 1) {
        return violation(NVML_ERROR_INVALID_ARGUMENT, "%s with error type %u, counter %u", function, error, counter);
    }
    return give64(gpu, (Metric)(ECC_CORRECTED_VOLATILE + 2 * (int)error + (int)counter), to);
}

nvmlReturn_t nvmlDeviceGetTotalEccErrors(nvmlDevice_t device, nvmlMemoryErrorType_t errorType,
        nvmlEccCounterType_t counterType, unsigned long long *eccCounts) {
    int gpu;
    nvmlReturn_t result = enterGpu("nvmlDeviceGetTotalEccErrors", device, &gpu);
    return leave(result == NVML_SUCCESS
                    ? giveEcc("nvmlDeviceGetTotalEccErrors", gpu, errorType, counterType, eccCounts)
                    : result);
}

/* All errors are said to be in the device memory; the SRAM has its own; other places are not counted. */
nvmlReturn_t nvmlDeviceGetMemoryErrorCounter(nvmlDevice_t device, nvmlMemoryErrorType_t errorType,
        nvmlEccCounterType_t counterType, nvmlMemoryLocation_t locationType, unsigned long long *count) {
    int gpu;
    nvmlReturn_t result = enterGpu("nvmlDeviceGetMemoryErrorCounter", device, &gpu);
    if (result == NVML_SUCCESS && locationType > 7) {
        result = violation(
                NVML_ERROR_INVALID_ARGUMENT, "nvmlDeviceGetMemoryErrorCounter with location %u", locationType);
    } else if (result == NVML_SUCCESS && locationType == 7) {
        result = give64(gpu, errorType == 0 ? SRAM_CORRECTED : SRAM_UNCORRECTED, count);
    } else if (result == NVML_SUCCESS) {
        result = locationType == 2
                ? giveEcc("nvmlDeviceGetMemoryErrorCounter", gpu, errorType, counterType, count)
                : NVML_ERROR_NOT_SUPPORTED;
    }
    return leave(result);
}

nvmlReturn_t nvmlDeviceGetRemappedRows(nvmlDevice_t device, unsigned int *corrRows, unsigned int *uncRows,
        unsigned int *isPending, unsigned int *failureOccurred) {
    int gpu;
    nvmlReturn_t result = enterGpu("nvmlDeviceGetRemappedRows", device, &gpu);
    if (result == NVML_SUCCESS && (corrRows == NULL || uncRows == NULL || isPending == NULL || failureOccurred == NULL)) {
        result = nullPointer("nvmlDeviceGetRemappedRows");
    }
    unsigned int *to[] = {corrRows, uncRows, isPending, failureOccurred};
    for (int i = 0; i < 4 && result == NVML_SUCCESS; i++) {
        result = migOn(gpu) ? NVML_ERROR_NOT_SUPPORTED : give32(gpu, (Metric)(REMAPPED_CORRECTABLE + i), to[i]);
    }
    return leave(result);
}

FILLER(nvmlDeviceGetRowRemapperHistogram, nvmlRowRemapperHistogramValues_t, 0, {
    unsigned int *banks[] = {&to->max, &to->high, &to->partial, &to->low, &to->none};
    for (int i = 0; i < 5 && result == NVML_SUCCESS; i++) {
        result = give32(gpu, (Metric)(BANKS_MAX + i), banks[i]);
    }
})

#if DRIVER_BRANCH >= 550
FILLER(nvmlDeviceGetSramEccErrorStatus, nvmlEccSramErrorStatus_t, VERSION_WORD(nvmlEccSramErrorStatus_v1_t, 1), {
    result = give64(gpu, SRAM_CORRECTED, &to->volatileCor);
    to->aggregateCor = to->volatileCor;
    if (result == NVML_SUCCESS) {
        result = give64(gpu, SRAM_UNCORRECTED, &to->volatileUncSecDed);
        to->aggregateUncSecDed = to->aggregateUncBucketL2 = to->volatileUncSecDed;
        to->volatileUncParity = to->aggregateUncParity = 0;
        to->aggregateUncBucketSm = to->aggregateUncBucketPcie = 0;
        to->aggregateUncBucketMcu = to->aggregateUncBucketOther = 0;
    }
    if (result == NVML_SUCCESS) {
        result = give32(gpu, SRAM_THRESHOLD_EXCEEDED, &to->bThresholdExceeded);
    }
})
#endif
#if DRIVER_BRANCH >= 580
FILLER(nvmlDeviceGetRepairStatus, nvmlRepairStatus_t, VERSION_WORD(nvmlRepairStatus_v1_t, 1), {
    result = give32(gpu, REPAIR_CHANNEL, &to->bChannelRepairPending);
    if (result == NVML_SUCCESS) {
        result = give32(gpu, REPAIR_TPC, &to->bTpcRepairPending);
    }
})
#endif
#if DRIVER_BRANCH >= 590
FILLER(nvmlDeviceGetUnrepairableMemoryFlag_v1, nvmlUnrepairableMemoryStatus_v1_t, 0,
        { result = give32(gpu, UNREPAIRABLE, &to->bUnrepairableMemory); })
#endif

#if DRIVER_BRANCH >= 595
FILLER(nvmlDeviceGetRemappedRows_v2, nvmlRemappedRowsInfo_v2_t, 0, {
    result = migOn(gpu) ? NVML_ERROR_NOT_SUPPORTED : give32(gpu, REMAPPED_CORRECTABLE, &to->corrActiveRemaps);
    unsigned int *rest[] = {&to->uncActiveRemaps, &to->bPending, &to->bFailureOccurred, &to->corrInactiveRemaps,
            &to->uncInactiveRemaps};
    static const Metric OF_REST[] = {
            REMAPPED_UNCORRECTABLE, REMAP_PENDING, REMAP_FAILURE, INACTIVE_CORRECTABLE, INACTIVE_UNCORRECTABLE};
    for (int i = 0; i < 5 && result == NVML_SUCCESS; i++) {
        result = give32(gpu, OF_REST[i], rest[i]);
    }
})
#endif

/* ---- NVLink, fabric ---- */

static nvmlReturn_t checkLink(int gpu, unsigned int link) {
    unsigned int links = 0;
    nvmlReturn_t result = give32(gpu, NVLINKS, &links);
    if (result != NVML_SUCCESS || links == 0) {
        return NVML_ERROR_NOT_SUPPORTED;
    }
    return link < links && link < MAX_LINKS ? scenario.gpus[gpu].links[link].failing : NVML_ERROR_INVALID_ARGUMENT;
}

/* 0 inactive, 1 active, 2 asleep. */
static nvmlReturn_t linkState(int gpu, unsigned int link, unsigned int *state) {
    unsigned int active = 0;
    nvmlReturn_t result = give32(gpu, NVLINKS_ACTIVE, &active);
    *state = scenario.gpus[gpu].links[link].state >= 0 ? (unsigned int)scenario.gpus[gpu].links[link].state
                                                       : link < active;
    return result;
}

static nvmlReturn_t enterLink(const char *function, nvmlDevice_t device, unsigned int link, const void *to, int *gpu) {
    nvmlReturn_t result = enterGpu(function, device, gpu);
    if (result == NVML_SUCCESS && to == NULL) {
        result = nullPointer(function);
    }
    return result == NVML_SUCCESS ? checkLink(*gpu, link) : result;
}

nvmlReturn_t nvmlDeviceGetNvLinkState(nvmlDevice_t device, unsigned int link, nvmlEnableState_t *isActive) {
    int gpu;
    unsigned int state = 0;
    nvmlReturn_t result = enterLink("nvmlDeviceGetNvLinkState", device, link, isActive, &gpu);
    if (result == NVML_SUCCESS) {
        result = linkState(gpu, link, &state);
    }
    if (result == NVML_SUCCESS) {
        *isActive = state == 1;
    }
    return leave(result);
}

nvmlReturn_t nvmlDeviceGetNvLinkErrorCounter(
        nvmlDevice_t device, unsigned int link, nvmlNvLinkErrorCounter_t counter, unsigned long long *counterValue) {
    int gpu;
    unsigned int version = 0;
    nvmlReturn_t result = enterLink("nvmlDeviceGetNvLinkErrorCounter", device, link, counterValue, &gpu);
    if (result == NVML_SUCCESS && counter > 4) {
        result = violation(NVML_ERROR_INVALID_ARGUMENT, "nvmlDeviceGetNvLinkErrorCounter with counter %u", counter);
    }
    if (result == NVML_SUCCESS) {
        result = give32(gpu, NVLINK_VERSION, &version);
    }
    if (result == NVML_SUCCESS && version >= 7) { /* NVLink 5 has its own counters */
        result = NVML_ERROR_NOT_SUPPORTED;
    }
    return leave(result == NVML_SUCCESS ? give64(gpu, (Metric)(NVLINK_ERRORS + (int)counter), counterValue) : result);
}

nvmlReturn_t nvmlDeviceGetNvLinkVersion(nvmlDevice_t device, unsigned int link, unsigned int *version) {
    int gpu;
    nvmlReturn_t result = enterLink("nvmlDeviceGetNvLinkVersion", device, link, version, &gpu);
    return leave(result == NVML_SUCCESS ? give32(gpu, NVLINK_VERSION, version) : result);
}

nvmlReturn_t nvmlDeviceGetNvLinkRemoteDeviceType(
        nvmlDevice_t device, unsigned int link, nvmlIntNvLinkDeviceType_t *pNvLinkDeviceType) {
    int gpu;
    nvmlReturn_t result = enterLink("nvmlDeviceGetNvLinkRemoteDeviceType", device, link, pNvLinkDeviceType, &gpu);
    return leave(result == NVML_SUCCESS ? give32(gpu, NVLINK_REMOTE, pNvLinkDeviceType) : result);
}

#if DRIVER_BRANCH >= 550
/* Version 3 came with 580; before it the structure ends after the mask. */
nvmlReturn_t nvmlDeviceGetGpuFabricInfoV(nvmlDevice_t device, nvmlGpuFabricInfoV_t *to) {
    const char *function = "nvmlDeviceGetGpuFabricInfoV";
    int gpu;
    nvmlReturn_t result = enterGpu(function, device, &gpu);
    if (result == NVML_SUCCESS && to == NULL) {
        result = nullPointer(function);
    }
    bool third = result == NVML_SUCCESS && scenario.driverBranch >= 580 && to->version >> 24 == 3;
    if (result == NVML_SUCCESS) {
        result = checkWord(function, to->version,
                third ? VERSION_WORD(nvmlGpuFabricInfo_v3_t, 3) : VERSION_WORD(nvmlGpuFabricInfo_v2_t, 2));
    }
    unsigned int state = 0, summary = 0;
    if (result == NVML_SUCCESS) {
        result = give32(gpu, FABRIC_STATE, &state);
    }
    if (result == NVML_SUCCESS) {
        memset(to->clusterUuid, 0xC5, sizeof to->clusterUuid);
        to->state = (unsigned char)state;
        give32(gpu, FABRIC_CLIQUE, &to->cliqueId);
        give32(gpu, FABRIC_HEALTH, &to->healthMask);
        giveSigned(gpu, FABRIC_STATUS, &to->status);
    }
    if (result == NVML_SUCCESS && third) {
        give32(gpu, FABRIC_SUMMARY, &summary);
        to->healthSummary = (unsigned char)summary;
    }
    return leave(result);
}
#endif

/* ---- fields ---- */

/* What the scope of a field is: nothing, a link or all of them, a link to the CPU. */
typedef enum { NO_SCOPE, LINK_SCOPE, LINK5_SCOPE, C2C_SCOPE } Scope;

/* What a field id means, how wide it is, since which driver there is one, and of what. */
static const struct {
    unsigned int id;
    Metric metric;
    nvmlValueType_t type;
    int since;
    Scope scope;
} FIELDS[] = {
    {1, ECC_MODE, VALUE_UINT, 0, NO_SCOPE},
    {2, ECC_MODE_PENDING, VALUE_UINT, 0, NO_SCOPE},
    {3, ECC_CORRECTED_VOLATILE, VALUE_ULONGLONG, 0, NO_SCOPE},
    {4, ECC_UNCORRECTED_VOLATILE, VALUE_ULONGLONG, 0, NO_SCOPE},
    {5, ECC_CORRECTED_AGGREGATE, VALUE_ULONGLONG, 0, NO_SCOPE},
    {6, ECC_UNCORRECTED_AGGREGATE, VALUE_ULONGLONG, 0, NO_SCOPE},
    {29, RETIRED_SINGLE, VALUE_UINT, 0, NO_SCOPE},
    {30, RETIRED_DOUBLE, VALUE_UINT, 0, NO_SCOPE},
    {31, RETIRED_PENDING, VALUE_UINT, 0, NO_SCOPE},
    {74, POLICY_POWER, VALUE_ULONGLONG, 0, NO_SCOPE},
    {75, POLICY_THERMAL, VALUE_ULONGLONG, 0, NO_SCOPE},
    {76, POLICY_SYNC_BOOST, VALUE_ULONGLONG, 0, NO_SCOPE},
    {77, POLICY_BOARD_LIMIT, VALUE_ULONGLONG, 0, NO_SCOPE},
    {78, POLICY_LOW_UTILIZATION, VALUE_ULONGLONG, 0, NO_SCOPE},
    {79, POLICY_RELIABILITY, VALUE_ULONGLONG, 0, NO_SCOPE},
    {82, MEMORY_TEMPERATURE, VALUE_UINT, 0, NO_SCOPE},
    {83, ENERGY, VALUE_ULONGLONG, 0, NO_SCOPE},
    {90, NVLINK_SPEED, VALUE_UINT, 0, NO_SCOPE},
    {91, NVLINKS, VALUE_UINT, 0, NO_SCOPE},
    {94, PCIE_REPLAYS, VALUE_UINT, 0, NO_SCOPE},
    {138, NVLINK_TRANSMIT, VALUE_ULONGLONG, 0, LINK_SCOPE},
    {139, NVLINK_RECEIVE, VALUE_ULONGLONG, 0, LINK_SCOPE},
    {142, REMAPPED_CORRECTABLE, VALUE_UINT, 0, NO_SCOPE},
    {143, REMAPPED_UNCORRECTABLE, VALUE_UINT, 0, NO_SCOPE},
    {144, REMAP_PENDING, VALUE_UINT, 0, NO_SCOPE},
    {145, REMAP_FAILURE, VALUE_UINT, 0, NO_SCOPE},
    {164, NVLINK_SPEED, VALUE_UINT, 520, LINK_SCOPE},
    {165, NVLINKS_ACTIVE, VALUE_UINT, 520, LINK_SCOPE},
    {166, NVLINK_VERSION, VALUE_UINT, 520, LINK_SCOPE},
    {170, C2C_LINKS, VALUE_UINT, 535, NO_SCOPE},
    {171, C2C_STATUS, VALUE_UINT, 535, C2C_SCOPE},
    {172, C2C_BANDWIDTH, VALUE_UINT, 535, C2C_SCOPE},
    {173, PCIE_ERRORS, VALUE_UINT, 535, NO_SCOPE},
    {174, PCIE_ERRORS, VALUE_UINT, 535, NO_SCOPE},
    {175, PCIE_ERRORS, VALUE_UINT, 535, NO_SCOPE},
    {176, PCIE_ERRORS, VALUE_UINT, 535, NO_SCOPE},
    {177, PCIE_ERRORS, VALUE_UINT, 535, NO_SCOPE},
    {178, PCIE_ERRORS, VALUE_UINT, 535, NO_SCOPE},
    {179, PCIE_ERRORS, VALUE_UINT, 535, NO_SCOPE},
    {180, PCIE_ERRORS, VALUE_UINT, 535, NO_SCOPE},
    {181, PCIE_ERRORS, VALUE_UINT, 535, NO_SCOPE},
    {182, PCIE_ERRORS, VALUE_UINT, 535, NO_SCOPE},
    {183, PCIE_ERRORS, VALUE_UINT, 535, NO_SCOPE},
    {185, POWER, VALUE_UINT, 535, NO_SCOPE},
    {186, POWER_INSTANT, VALUE_UINT, 535, NO_SCOPE},
    {187, POWER_LIMIT_MIN, VALUE_UINT, 535, NO_SCOPE},
    {188, POWER_LIMIT_MAX, VALUE_UINT, 535, NO_SCOPE},
    {189, POWER_LIMIT_DEFAULT, VALUE_UINT, 535, NO_SCOPE},
    {190, POWER_LIMIT_ENFORCED, VALUE_UINT, 535, NO_SCOPE},
    {192, POWER_LIMIT_REQUESTED, VALUE_UINT, 535, NO_SCOPE},
    {193, MARGIN_SHUTDOWN, VALUE_SINT, 535, NO_SCOPE},
    {194, MARGIN_SLOWDOWN, VALUE_SINT, 535, NO_SCOPE},
    {195, MARGIN_MEMORY_MAX, VALUE_SINT, 535, NO_SCOPE},
    {196, MARGIN_GPU_MAX, VALUE_SINT, 535, NO_SCOPE},
    {197, PCIE_TRANSMIT, VALUE_UINT, 555, NO_SCOPE},
    {198, PCIE_RECEIVE, VALUE_UINT, 555, NO_SCOPE},
    {202, NVLINK5_TRANSMIT, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {204, NVLINK5_RECEIVE, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {206, NVLINK5_MALFORMED, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {207, NVLINK5_OVERRUN, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {208, NVLINK5_RECEIVE_ERRORS, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {209, NVLINK5_REMOTE_ERRORS, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {210, NVLINK5_GENERAL, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {211, NVLINK5_INTEGRITY, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {212, NVLINK5_DISCARD, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {213, NVLINK5_RECOVERY_OK, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {214, NVLINK5_RECOVERY_FAILED, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {219, NVLINK5_EFFECTIVE, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {220, NVLINK5_EFFECTIVE_BER, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {221, NVLINK5_SYMBOL, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {222, NVLINK5_SYMBOL_BER, VALUE_ULONGLONG, 560, LINK5_SCOPE},
    {230, RECOVERY_ACTION, VALUE_UINT, 570, NO_SCOPE},
    {231, C2C_CRC, VALUE_ULONGLONG, 575, C2C_SCOPE},
    {232, C2C_REPLAY, VALUE_ULONGLONG, 575, C2C_SCOPE},
    {233, C2C_REPLAY_B2B, VALUE_ULONGLONG, 575, C2C_SCOPE},
    {301, INACTIVE_CORRECTABLE, VALUE_UINT, 595, NO_SCOPE},
    {302, INACTIVE_UNCORRECTABLE, VALUE_UINT, 595, NO_SCOPE},
};

/* Writes the union's member and leaves the rest of its bytes marked, as a driver leaves them undefined. */
static void giveValue(nvmlFieldValue_t *row, nvmlValueType_t type, double value, bool blank) {
    memset(&row->value, blank ? 0xFF : 0xAA, sizeof row->value);
    row->valueType = type;
    if (blank) {
        return;
    }
    switch (type) {
        case VALUE_DOUBLE:
            row->value.dVal = value;
            break;
        case VALUE_UINT:
            row->value.uiVal = (unsigned int)(long long)value;
            break;
        case VALUE_SINT:
            row->value.siVal = (int)value;
            break;
        case VALUE_USHORT:
            row->value.usVal = (unsigned short)value;
            break;
        case VALUE_ULONG:
        case VALUE_ULONGLONG:
            row->value.ullVal = (unsigned long long)(long long)value;
            break;
        default:
            row->value.sllVal = (long long)value;
            break;
    }
}

/* Whether a field answers for its scope; a link's own value is a little greater than that of the link before. */
static nvmlReturn_t scoped(int gpu, size_t field, unsigned int scope, double *value) {
    Metric metric = FIELDS[field].metric;
    unsigned int number = 0, state = 0;
    switch (FIELDS[field].scope) {
        case NO_SCOPE:
            return NVML_SUCCESS;
        case C2C_SCOPE:
            give32(gpu, C2C_LINKS, &number);
            return number == 0 ? NVML_ERROR_NOT_SUPPORTED : scope < number ? NVML_SUCCESS : NVML_ERROR_INVALID_ARGUMENT;
        case LINK5_SCOPE:
            give32(gpu, NVLINK_VERSION, &number);
            if (number < 7) {
                return NVML_ERROR_NOT_SUPPORTED;
            }
            break;
        case LINK_SCOPE:
            break;
    }
    if (scope == 0xFFFFFFFFu) {
        bool total = metric == NVLINK_TRANSMIT || metric == NVLINK_RECEIVE;
        return total ? NVML_SUCCESS : NVML_ERROR_INVALID_ARGUMENT;
    }
    nvmlReturn_t result = checkLink(gpu, scope);
    if (result == NVML_SUCCESS && metric == NVLINKS_ACTIVE) {
        result = linkState(gpu, scope, &state);
        *value = state;
    } else if (metric == NVLINK_TRANSMIT || metric == NVLINK_RECEIVE || metric == NVLINK5_TRANSMIT
            || metric == NVLINK5_RECEIVE) {
        *value += scope;
    }
    return result;
}

static nvmlReturn_t giveField(int gpu, nvmlFieldValue_t *row) {
    const Gpu *card = &scenario.gpus[gpu];
    double value = 0;
    bool blank = false;
    for (int i = 0; i < card->fieldCount; i++) {
        const OwnField *field = &card->fields[i];
        if (field->id == row->fieldId) {
            nvmlReturn_t result = curveAt(&field->curve, gpu, (int)field->id, scenarioUs(), &value, &blank);
            giveValue(row, field->type, value, blank);
            return result;
        }
    }
    /* The table is in the order of the ids. */
    size_t low = 0, high = sizeof FIELDS / sizeof *FIELDS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (FIELDS[middle].id < row->fieldId) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == sizeof FIELDS / sizeof *FIELDS || FIELDS[low].id != row->fieldId
            || scenario.driverBranch < FIELDS[low].since) {
        return NVML_ERROR_INVALID_ARGUMENT;
    }
    nvmlReturn_t result = metricAt(gpu, FIELDS[low].metric, scenarioUs(), &value, &blank);
    if (row->fieldId == 230 && holds(&card->resetRequired, card->calls)) {
        value = 1;
    }
    if (result == NVML_SUCCESS) {
        result = scoped(gpu, low, row->scopeId, &value);
    }
    giveValue(row, FIELDS[low].type, value, blank);
    return result;
}

nvmlReturn_t nvmlDeviceGetFieldValues(nvmlDevice_t device, int valuesCount, nvmlFieldValue_t *values) {
    int gpu;
    nvmlReturn_t result = enterGpu("nvmlDeviceGetFieldValues", device, &gpu);
    if (result == NVML_SUCCESS && (values == NULL || valuesCount < 1)) {
        result = violation(NVML_ERROR_INVALID_ARGUMENT, "nvmlDeviceGetFieldValues with %d rows", valuesCount);
    }
    long long nowUs = clockUs();
    for (int i = 0; result == NVML_SUCCESS && i < valuesCount; i++) {
        values[i].nvmlReturn = giveField(gpu, &values[i]);
        values[i].timestamp = nowUs;
        values[i].latencyUsec = 5;
    }
    return leave(result);
}

/* ---- modes ---- */

GETTER(nvmlDeviceGetPersistenceMode, nvmlEnableState_t, give32, PERSISTENCE_MODE)
GETTER(nvmlDeviceGetComputeMode, nvmlComputeMode_t, give32, COMPUTE_MODE)
PAIR_GETTER(nvmlDeviceGetMigMode, unsigned int, give32, MIG_MODE, MIG_MODE_PENDING)

nvmlReturn_t nvmlDeviceValidateInforom(nvmlDevice_t device) {
    int gpu;
    unsigned int corrupted = 0;
    nvmlReturn_t result = enterGpu("nvmlDeviceValidateInforom", device, &gpu);
    if (result == NVML_SUCCESS) {
        result = give32(gpu, INFOROM, &corrupted);
    }
    return leave(result == NVML_SUCCESS && corrupted ? NVML_ERROR_CORRUPTED_INFOROM : result);
}

/* ---- events ---- */

nvmlReturn_t nvmlEventSetCreate(nvmlEventSet_t *set) {
    nvmlReturn_t result = enterInitialized("nvmlEventSetCreate");
    if (result == NVML_SUCCESS && set == NULL) {
        result = nullPointer("nvmlEventSetCreate");
    }
    for (int i = 0; result == NVML_SUCCESS && i < MAX_SETS; i++) {
        if (!isSet(&eventSets[i]) && eventSets[i].waiters == 0) {
            memset(&eventSets[i], 0, sizeof eventSets[i]);
            eventSets[i].generation = session.generation;
            *set = &eventSets[i];
            return leave(NVML_SUCCESS);
        }
    }
    return leave(result == NVML_SUCCESS ? NVML_ERROR_UNKNOWN : result);
}

GETTER(nvmlDeviceGetSupportedEventTypes, unsigned long long, give64, EVENT_TYPES)

nvmlReturn_t nvmlDeviceRegisterEvents(nvmlDevice_t device, unsigned long long eventTypes, nvmlEventSet_t set) {
    int gpu;
    unsigned long long supported = 0;
    nvmlReturn_t result = enterGpu("nvmlDeviceRegisterEvents", device, &gpu);
    if (result == NVML_SUCCESS && !isSet(set)) {
        result = violation(NVML_ERROR_INVALID_ARGUMENT, "nvmlDeviceRegisterEvents with an unknown or freed set");
    }
    if (result == NVML_SUCCESS) {
        result = give64(gpu, EVENT_TYPES, &supported);
    }
    if (result == NVML_SUCCESS && (eventTypes & ~supported) != 0) {
        result = NVML_ERROR_NOT_SUPPORTED;
    }
    if (result == NVML_SUCCESS) {
        set->masks[gpu] |= eventTypes;
        for (int i = 0; i < scenario.eventCount; i++) { /* what happened before is not told */
            if (scenario.events[i].gpu == gpu && (scenario.events[i].type & eventTypes) != 0) {
                set->delivered[i] = happened(&scenario.events[i]);
            }
        }
    }
    return leave(result);
}

static void giveEvent(int gpu, unsigned long long type, unsigned long long eventData, nvmlEventData_t *data) {
    data->device = handleOf(gpu);
    data->eventType = type;
    data->eventData = eventData;
    data->gpuInstanceId = data->computeInstanceId = 0xFFFFFFFFu;
}

/* The earliest event that the set has not been told; NVML_ERROR_TIMEOUT when there is none. */
static nvmlReturn_t nextEvent(nvmlEventSet_t set, nvmlEventData_t *data) {
    for (int gpu = 0; gpu < scenario.gpuCount; gpu++) {
        if (set->masks[gpu] != 0 && !set->lossTold[gpu]
                && holds(&scenario.gpus[gpu].lost, scenario.gpus[gpu].calls)) {
            set->lossTold[gpu] = true;
            giveEvent(gpu, 0, 0, data);
            return NVML_ERROR_GPU_IS_LOST;
        }
    }
    int earliest = -1;
    int64_t earliestUs = INT64_MAX;
    for (int i = 0; i < scenario.eventCount; i++) {
        const EventRule *event = &scenario.events[i];
        int64_t dueUs = event->atUs + set->delivered[i] * event->everyUs;
        if ((set->masks[event->gpu] & event->type) != 0 && happened(event) > set->delivered[i] && dueUs < earliestUs) {
            earliest = i;
            earliestUs = dueUs;
        }
    }
    if (earliest < 0) {
        return NVML_ERROR_TIMEOUT;
    }
    set->delivered[earliest]++;
    giveEvent(scenario.events[earliest].gpu, scenario.events[earliest].type, scenario.events[earliest].data, data);
    return NVML_SUCCESS;
}

/* The end of a wait, or the time of the next event if that comes before. */
static struct timespec untilNextEvent(struct timespec until) {
    int64_t next = scenario.manualClock ? INT64_MAX : nextEventUs();
    if (next == INT64_MAX) {
        return until;
    }
    next += scenario.beginUs;
    struct timespec event = {next / 1000000, next % 1000000 * 1000};
    bool sooner = event.tv_sec < until.tv_sec || (event.tv_sec == until.tv_sec && event.tv_nsec < until.tv_nsec);
    return sooner ? event : until;
}

nvmlReturn_t nvmlEventSetWait_v2(nvmlEventSet_t set, nvmlEventData_t *data, unsigned int timeoutms) {
    nvmlReturn_t result = enterWaiting("nvmlEventSetWait_v2");
    if (result == NVML_SUCCESS && (data == NULL || !isSet(set))) {
        result = violation(NVML_ERROR_INVALID_ARGUMENT, "nvmlEventSetWait_v2 with an unknown or freed set");
    }
    if (result != NVML_SUCCESS) {
        return leaveWaiting(result);
    }
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += timeoutms / 1000;
    until.tv_nsec += (long)(timeoutms % 1000) * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    unsigned int generation = session.generation;
    set->waiters++;
    result = nextEvent(set, data);
    while (result == NVML_ERROR_TIMEOUT && timeoutms > 0) {
        struct timespec soon = untilNextEvent(until);
        bool inTime = waitForChange(&soon) || soon.tv_sec != until.tv_sec || soon.tv_nsec != until.tv_nsec;
        writeKernelLog();
        if (session.generation != generation) {
            return leaveWaiting(NVML_ERROR_UNINITIALIZED); /* the scenario was replaced: the set is gone */
        }
        result = nextEvent(set, data);
        if (!inTime) {
            break;
        }
    }
    set->waiters--;
    return leaveWaiting(result);
}

nvmlReturn_t nvmlEventSetFree(nvmlEventSet_t set) {
    nvmlReturn_t result = enterInitialized("nvmlEventSetFree");
    if (result == NVML_SUCCESS && !isSet(set)) {
        result = violation(NVML_ERROR_INVALID_ARGUMENT, "nvmlEventSetFree with an unknown or freed set");
    }
    if (result == NVML_SUCCESS && set->waiters > 0) {
        result = violation(NVML_ERROR_UNKNOWN, "nvmlEventSetFree while a thread waits on the set");
    }
    if (result == NVML_SUCCESS) {
        set->generation = 0;
    }
    return leave(result);
}
