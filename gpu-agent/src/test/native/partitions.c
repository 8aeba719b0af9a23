/* What runs on a GPU and how it is divided: processes, MIG devices, GPM. */
#define _GNU_SOURCE
#include <string.h>

#include "give.h"

/* ---- MIG ---- */

GETTER(nvmlDeviceGetMaxMigDeviceCount, unsigned int, give32, MIG_MAX)

/* Holes are normal: the index of a MIG device stays its own when another goes. */
nvmlReturn_t nvmlDeviceGetMigDeviceHandleByIndex(nvmlDevice_t device, unsigned int index, nvmlDevice_t *migDevice) {
    const char *function = "nvmlDeviceGetMigDeviceHandleByIndex";
    int gpu;
    unsigned int most = 0;
    nvmlReturn_t result = enterGpu(function, device, &gpu);
    if (result == NVML_SUCCESS && migDevice == NULL) {
        result = nullPointer(function);
    }
    if (result == NVML_SUCCESS) {
        result = give32(gpu, MIG_MAX, &most);
    }
    if (result == NVML_SUCCESS) {
        result = index >= most || index >= MAX_INSTANCES ? NVML_ERROR_INVALID_ARGUMENT
                : !migOn(gpu)                            ? NVML_ERROR_NOT_SUPPORTED
                : scenario.gpus[gpu].instances[index].serial == 0
                ? NVML_ERROR_NOT_FOUND
                : NVML_SUCCESS;
    }
    if (result == NVML_SUCCESS) {
        *migDevice = handleOfInstance(gpu, (int)index);
    }
    return leave(result);
}

static nvmlReturn_t giveInstanceId(const char *function, nvmlDevice_t device, bool compute, unsigned int *id) {
    int gpu;
    const Instance *instance;
    nvmlReturn_t result = enterDevice(function, device, &gpu, &instance);
    if (result == NVML_SUCCESS && id == NULL) {
        result = nullPointer(function);
    }
    if (result == NVML_SUCCESS && instance == NULL) {
        result = NVML_ERROR_INVALID_ARGUMENT; /* a GPU, not a part of one */
    }
    if (result == NVML_SUCCESS) {
        *id = compute ? instance->computeInstance : instance->gpuInstance;
    }
    return leave(result);
}

nvmlReturn_t nvmlDeviceGetGpuInstanceId(nvmlDevice_t device, unsigned int *id) {
    return giveInstanceId("nvmlDeviceGetGpuInstanceId", device, false, id);
}

nvmlReturn_t nvmlDeviceGetComputeInstanceId(nvmlDevice_t device, unsigned int *id) {
    return giveInstanceId("nvmlDeviceGetComputeInstanceId", device, true, id);
}

nvmlReturn_t nvmlDeviceGetAttributes_v2(nvmlDevice_t device, nvmlDeviceAttributes_t *attributes) {
    int gpu;
    const Instance *instance;
    nvmlReturn_t result = enterDevice("nvmlDeviceGetAttributes_v2", device, &gpu, &instance);
    if (result == NVML_SUCCESS && attributes == NULL) {
        result = nullPointer("nvmlDeviceGetAttributes_v2");
    }
    if (result == NVML_SUCCESS && instance == NULL) {
        result = NVML_ERROR_NOT_SUPPORTED;
    }
    if (result == NVML_SUCCESS) {
        memset(attributes, 0, sizeof *attributes);
        attributes->multiprocessorCount = instance->multiprocessors;
        attributes->gpuInstanceSliceCount = attributes->computeInstanceSliceCount = instance->slices;
        attributes->memorySizeMB = instance->total >> 20;
    }
    return leave(result);
}

/* ---- processes ---- */

/* Under MIG the parts of a GPU are asked through their own handles, or all at once through the GPU's. */
static bool isAsked(const Process *process, const Instance *instance) {
    return instance == NULL
            || (process->gpuInstance == instance->gpuInstance
                    && process->computeInstance == instance->computeInstance);
}

static nvmlReturn_t giveProcesses(
        const char *function, nvmlDevice_t device, ProcessKind kind, unsigned int *count, nvmlProcessInfo_t *rows) {
    int gpu;
    const Instance *instance;
    nvmlReturn_t result = enterDevice(function, device, &gpu, &instance);
    if (result == NVML_SUCCESS && (count == NULL || (*count > 0 && rows == NULL))) {
        result = nullPointer(function);
    }
    if (result != NVML_SUCCESS) {
        return leave(result);
    }
    const Gpu *card = &scenario.gpus[gpu];
    unsigned int room = *count, running = 0;
    for (int i = 0; i < card->processCount; i++) {
        running += card->processes[i].kind == kind && isAsked(&card->processes[i], instance);
    }
    *count = running;
    if (running > room) {
        return leave(NVML_ERROR_INSUFFICIENT_SIZE);
    }
    char *at = (char *)rows;
    for (int i = 0; i < card->processCount; i++) {
        const Process *process = &card->processes[i];
        if (process->kind != kind || !isAsked(process, instance)) {
            continue;
        }
        nvmlProcessInfo_t row;
        memset(&row, 0, sizeof row);
        row.pid = process->pid;
        row.usedGpuMemory = process->used;
        row.gpuInstanceId = process->gpuInstance;
        row.computeInstanceId = process->computeInstance;
        memset(at, 0, (size_t)scenario.processStride); /* a driver of early 535 has one more word, which is 0 */
        memcpy(at, &row, sizeof row);
        at += scenario.processStride;
    }
    return leave(NVML_SUCCESS);
}

nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(
        nvmlDevice_t device, unsigned int *infoCount, nvmlProcessInfo_t *infos) {
    return giveProcesses("nvmlDeviceGetComputeRunningProcesses_v3", device, COMPUTE, infoCount, infos);
}

nvmlReturn_t nvmlDeviceGetGraphicsRunningProcesses_v3(
        nvmlDevice_t device, unsigned int *infoCount, nvmlProcessInfo_t *infos) {
    return giveProcesses("nvmlDeviceGetGraphicsRunningProcesses_v3", device, GRAPHICS, infoCount, infos);
}

nvmlReturn_t nvmlDeviceGetMPSComputeRunningProcesses_v3(
        nvmlDevice_t device, unsigned int *infoCount, nvmlProcessInfo_t *infos) {
    return giveProcesses("nvmlDeviceGetMPSComputeRunningProcesses_v3", device, MPS, infoCount, infos);
}

/* One sample a second for each process that has a share of the SMs. */
nvmlReturn_t nvmlDeviceGetProcessUtilization(nvmlDevice_t device, nvmlProcessUtilizationSample_t *utilization,
        unsigned int *processSamplesCount, unsigned long long lastSeenTimeStamp) {
    const char *function = "nvmlDeviceGetProcessUtilization";
    enum { SECONDS = 3 };
    int gpu;
    nvmlReturn_t result = enterGpu(function, device, &gpu);
    if (result == NVML_SUCCESS && processSamplesCount == NULL) {
        result = nullPointer(function);
    }
    if (result == NVML_SUCCESS && migOn(gpu)) {
        result = NVML_ERROR_NOT_SUPPORTED;
    }
    if (result != NVML_SUCCESS) {
        return leave(result);
    }
    const Gpu *card = &scenario.gpus[gpu];
    unsigned int busy = 0, given = 0;
    int64_t last = scenarioUs() / 1000000;
    int64_t first = last < SECONDS ? 0 : last - SECONDS + 1;
    for (int i = 0; i < card->processCount; i++) {
        for (int64_t second = first; second <= last; second++) {
            unsigned long long time = (unsigned long long)(scenario.beginUs + second * 1000000);
            if (card->processes[i].sm == 0 || time <= lastSeenTimeStamp) {
                continue;
            }
            if (utilization != NULL && given < *processSamplesCount) {
                utilization[given++] = (nvmlProcessUtilizationSample_t){
                        card->processes[i].pid, time, card->processes[i].sm, 99, 0, 0};
            }
            busy++;
        }
    }
    if (busy == 0) {
        return leave(NVML_ERROR_NOT_FOUND);
    }
    bool fits = utilization != NULL && busy <= *processSamplesCount;
    *processSamplesCount = busy;
    return leave(fits ? NVML_SUCCESS : NVML_ERROR_INSUFFICIENT_SIZE);
}

/* ---- GPM ---- */

#if DRIVER_BRANCH >= 520
nvmlReturn_t nvmlGpmQueryDeviceSupport(nvmlDevice_t device, nvmlGpmSupport_t *gpmSupport) {
    int gpu;
    nvmlReturn_t result = enterGpu("nvmlGpmQueryDeviceSupport", device, &gpu);
    if (result == NVML_SUCCESS && (gpmSupport == NULL || gpmSupport->version != 1)) {
        result = violation(NVML_ERROR_ARGUMENT_VERSION_MISMATCH, "nvmlGpmQueryDeviceSupport with another version than 1");
    }
    return leave(result == NVML_SUCCESS ? give32(gpu, GPM_SUPPORTED, &gpmSupport->isSupportedDevice) : result);
}

nvmlReturn_t nvmlGpmSampleAlloc(nvmlGpmSample_t *gpmSample) {
    nvmlReturn_t result = enterInitialized("nvmlGpmSampleAlloc");
    if (result == NVML_SUCCESS && gpmSample == NULL) {
        result = nullPointer("nvmlGpmSampleAlloc");
    }
    for (int i = 0; result == NVML_SUCCESS && i < MAX_SAMPLES; i++) {
        if (!isSample(&gpmSamples[i])) {
            gpmSamples[i] = (struct GpmSample){.generation = session.generation, .takenUs = -1};
            *gpmSample = &gpmSamples[i];
            return leave(NVML_SUCCESS);
        }
    }
    return leave(result == NVML_SUCCESS ? violation(20, "nvmlGpmSampleAlloc: %d samples are out", MAX_SAMPLES) : result);
}

static nvmlReturn_t takeSample(
        const char *function, nvmlDevice_t device, unsigned int gpuInstance, nvmlGpmSample_t sample) {
    int gpu;
    unsigned int supported = 0;
    nvmlReturn_t result = enterGpu(function, device, &gpu);
    if (result == NVML_SUCCESS && !isSample(sample)) {
        result = violation(NVML_ERROR_INVALID_ARGUMENT, "%s with an unknown or freed sample", function);
    }
    if (result == NVML_SUCCESS) {
        result = give32(gpu, GPM_SUPPORTED, &supported);
    }
    if (result == NVML_SUCCESS && supported == 0) {
        result = NVML_ERROR_NOT_SUPPORTED;
    }
    bool found = gpuInstance == ~0u;
    for (int i = 0; i < MAX_INSTANCES && !found; i++) {
        const Instance *instance = &scenario.gpus[gpu].instances[i];
        found = migOn(gpu) && instance->serial != 0 && instance->gpuInstance == gpuInstance;
    }
    if (result == NVML_SUCCESS && !found) {
        result = NVML_ERROR_NOT_FOUND;
    }
    if (result == NVML_SUCCESS) {
        *sample = (struct GpmSample){session.generation, gpu, gpuInstance, clockUs()};
    }
    return leave(result);
}

nvmlReturn_t nvmlGpmSampleGet(nvmlDevice_t device, nvmlGpmSample_t gpmSample) {
    return takeSample("nvmlGpmSampleGet", device, ~0u, gpmSample);
}

#if DRIVER_BRANCH >= 525
nvmlReturn_t nvmlGpmMigSampleGet(nvmlDevice_t device, unsigned int gpuInstanceId, nvmlGpmSample_t gpmSample) {
    return takeSample("nvmlGpmMigSampleGet", device, gpuInstanceId, gpmSample);
}
#endif

static void giveGpm(const struct GpmSample *sample, nvmlGpmMetric_t *row) {
    const Gpu *card = &scenario.gpus[sample->gpu];
    row->nvmlReturn = NVML_ERROR_NOT_SUPPORTED;
    row->value = 0.0 / 0.0;
    for (int i = 0; i < card->gpmCount; i++) {
        bool blank = false;
        if (card->gpm[i].id == row->metricId && card->gpm[i].gpuInstance == sample->gpuInstance) {
            row->nvmlReturn = curveAt(&card->gpm[i].curve, sample->gpu, (int)row->metricId,
                    sample->takenUs - scenario.beginUs, &row->value, &blank);
            row->value = blank ? 0.0 / 0.0 : row->value;
        }
    }
}

/* How many rows the structure has grew with the driver: more than that is never looked at. */
static unsigned int gpmRows(void) { return scenario.driverBranch >= 595 ? 333 : scenario.driverBranch >= 575 ? 210 : 98; }

nvmlReturn_t nvmlGpmMetricsGet(nvmlGpmMetricsGet_t *metricsGet) {
    nvmlReturn_t result = enterInitialized("nvmlGpmMetricsGet");
    if (result == NVML_SUCCESS && (metricsGet == NULL || metricsGet->version != 1)) {
        result = violation(NVML_ERROR_ARGUMENT_VERSION_MISMATCH, "nvmlGpmMetricsGet with another version than 1");
    }
    if (result == NVML_SUCCESS && (metricsGet->numMetrics == 0 || metricsGet->numMetrics > gpmRows())) {
        result = violation(NVML_ERROR_INVALID_ARGUMENT, "nvmlGpmMetricsGet with %u rows", metricsGet->numMetrics);
    }
    if (result == NVML_SUCCESS && (!isSample(metricsGet->sample1) || !isSample(metricsGet->sample2))) {
        result = violation(NVML_ERROR_INVALID_ARGUMENT, "nvmlGpmMetricsGet with an unknown or freed sample");
    }
    if (result != NVML_SUCCESS) {
        return leave(result);
    }
    const struct GpmSample *before = metricsGet->sample1, *after = metricsGet->sample2;
    if (before->takenUs < 0 || after->takenUs - before->takenUs < 100000 || before->gpu != after->gpu
            || before->gpuInstance != after->gpuInstance) {
        return leave(violation(NVML_ERROR_INVALID_ARGUMENT,
                "nvmlGpmMetricsGet with samples of different things or less than 100 ms apart"));
    }
    for (unsigned int i = 0; i < metricsGet->numMetrics; i++) {
        giveGpm(after, &metricsGet->metrics[i]);
    }
    return leave(NVML_SUCCESS);
}

nvmlReturn_t nvmlGpmSampleFree(nvmlGpmSample_t gpmSample) {
    nvmlReturn_t result = enterInitialized("nvmlGpmSampleFree");
    if (result == NVML_SUCCESS && !isSample(gpmSample)) {
        result = violation(NVML_ERROR_INVALID_ARGUMENT, "nvmlGpmSampleFree with an unknown or freed sample");
    }
    if (result == NVML_SUCCESS) {
        gpmSample->generation = 0;
    }
    return leave(result);
}
#endif
