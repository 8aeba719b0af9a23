/*
 * One fast poll of every GPU, as the agent does it, again and again; prints nanoseconds for one. The measure against
 * which caretaker.benchmarks.FastPoll is held: the same calls, the same values looked at.
 * Usage: poll [polls], with CARETAKER_NVML_SCENARIO set.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nvml.h"

enum { GPUS = 32, COMMON = 12, LINKS = 18, ROWS = COMMON + 2 * LINKS, ROOM = 256, ROUNDS = 5 };

static const unsigned int FIELDS[COMMON] = {82, 83, 74, 75, 76, 77, 78, 79, 186, 197, 198, 230};

typedef struct {
    nvmlDevice_t device;
    nvmlFieldValue_t rows[ROWS];
    unsigned long long lastSeen[2];
} Gpu;

static Gpu gpus[GPUS];
static nvmlSample_t samples[ROOM];
static unsigned long long seen;

static unsigned long long fieldNumber(const nvmlFieldValue_t *row) {
    return row->nvmlReturn != NVML_SUCCESS ? 0 : row->valueType == VALUE_UINT ? row->value.uiVal : row->value.ullVal;
}

static void pollSamples(Gpu *gpu, unsigned int type) {
    nvmlValueType_t valueType;
    unsigned int count = ROOM, highest = 0, lowest = ~0u;
    unsigned long long sum = 0;
    if (nvmlDeviceGetSamples(gpu->device, type, gpu->lastSeen[type], &valueType, &count, samples) != NVML_SUCCESS) {
        return;
    }
    for (unsigned int i = 0; i < count; i++) {
        unsigned int value = samples[i].sampleValue.uiVal;
        highest = value > highest ? value : highest;
        lowest = value < lowest ? value : lowest;
        sum += value;
        if (samples[i].timeStamp > gpu->lastSeen[type]) {
            gpu->lastSeen[type] = samples[i].timeStamp;
        }
    }
    seen += highest + lowest + sum;
}

static void poll(Gpu *gpu) {
    nvmlUtilization_t rates;
    nvmlMemory_v2_t memory = {.version = VERSION_WORD(nvmlMemory_v2_t, 2)};
    nvmlTemperature_t temperature = {.version = VERSION_WORD(nvmlTemperature_v1_t, 1)};
    nvmlMarginTemperature_t margin = {.version = VERSION_WORD(nvmlMarginTemperature_v1_t, 1)};
    unsigned int number = 0, period;
    unsigned long long reasons = 0;
    if (nvmlDeviceGetUtilizationRates(gpu->device, &rates) == NVML_SUCCESS) {
        seen += rates.gpu + rates.memory;
    }
    if (nvmlDeviceGetMemoryInfo_v2(gpu->device, &memory) == NVML_SUCCESS) {
        seen += memory.total + memory.used + memory.free + memory.reserved;
    }
    seen += nvmlDeviceGetTemperatureV(gpu->device, &temperature) == NVML_SUCCESS ? (unsigned)temperature.temperature : 0;
    seen += nvmlDeviceGetMarginTemperature(gpu->device, &margin) == NVML_SUCCESS ? (unsigned)margin.marginTemperature : 0;
    seen += nvmlDeviceGetPowerUsage(gpu->device, &number) == NVML_SUCCESS ? number : 0;
    for (unsigned int domain = 0; domain < 4; domain++) {
        seen += nvmlDeviceGetClockInfo(gpu->device, domain, &number) == NVML_SUCCESS ? number : 0;
    }
    seen += nvmlDeviceGetPerformanceState(gpu->device, &number) == NVML_SUCCESS ? number : 0;
    seen += nvmlDeviceGetCurrentClocksEventReasons(gpu->device, &reasons) == NVML_SUCCESS ? reasons : 0;
    seen += nvmlDeviceGetEncoderUtilization(gpu->device, &number, &period) == NVML_SUCCESS ? number : 0;
    seen += nvmlDeviceGetDecoderUtilization(gpu->device, &number, &period) == NVML_SUCCESS ? number : 0;
    if (nvmlDeviceGetFieldValues(gpu->device, ROWS, gpu->rows) == NVML_SUCCESS) {
        for (int row = 0; row < ROWS; row++) {
            seen += fieldNumber(&gpu->rows[row]);
        }
    }
    pollSamples(gpu, 0);
    pollSamples(gpu, 1);
}

static long long nowNs(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int argc, char **argv) {
    long polls = argc > 1 ? atol(argv[1]) : 20000;
    unsigned int count;
    if (nvmlInit_v2() != NVML_SUCCESS || nvmlDeviceGetCount_v2(&count) != NVML_SUCCESS || count > GPUS) {
        return 1;
    }
    for (unsigned int i = 0; i < count; i++) {
        nvmlDeviceGetHandleByIndex_v2(i, &gpus[i].device);
        for (int row = 0; row < ROWS; row++) {
            int link = (row - COMMON) % LINKS; /* of the bytes that went out, then of those that came in */
            gpus[i].rows[row].fieldId = row < COMMON ? FIELDS[row] : row < COMMON + LINKS ? 138 : 139;
            gpus[i].rows[row].scopeId = row < COMMON ? 0 : (unsigned int)link;
        }
    }
    for (int round = 0; round < ROUNDS; round++) {
        long long beganNs = nowNs();
        for (long k = 0; k < polls; k++) {
            for (unsigned int i = 0; i < count; i++) {
                poll(&gpus[i]);
            }
        }
        printf("%lld\n", (nowNs() - beganNs) / polls);
    }
    fprintf(stderr, "%llu\n", seen);
    return nvmlShutdown();
}
