/* The door of the library. */
#define _GNU_SOURCE
#include "guard.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

Session session;
struct EventSet eventSets[MAX_SETS];
struct GpmSample gpmSamples[MAX_SAMPLES];
pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int inside;
static const char *_Atomic insideFunction;

/* Handles are never given back to the system, so that an old one can be looked at without harm. */
enum { MAX_HANDLES = MAX_GPUS * 64 };
static struct Handle handles[MAX_HANDLES];
static int handleCount;

static int hanging;
static unsigned long releases; /* how often hangs were released */
static unsigned long resets;   /* how often the scenario was replaced */

static char violationLog[16384];
static size_t violationLength;
static int violationCount;

nvmlReturn_t violation(nvmlReturn_t code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char line[256];
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    violationCount++;
    int written = snprintf(violationLog + violationLength, sizeof violationLog - violationLength, "%s\n", line);
    if (written > 0 && violationLength + (size_t)written < sizeof violationLog) {
        violationLength += (size_t)written;
    }
    return code;
}

int violations(char *buffer, unsigned int length) {
    if (length > 0) {
        snprintf(buffer, length, "%.*s", (int)violationLength, violationLog);
    }
    return violationCount;
}

void guardLock(void) { pthread_mutex_lock(&lock); }

void guardUnlock(void) { pthread_mutex_unlock(&lock); }

int hangingCalls(void) { return hanging; }

void releaseHangs(void) {
    releases++;
    pthread_cond_broadcast(&changed);
}

void guardReset(void) {
    resets++;
    releaseHangs();
    session.initCount = 0;
    session.generation++;
    memset(eventSets, 0, sizeof eventSets);
    memset(gpmSamples, 0, sizeof gpmSamples);
    violationLength = 0;
    violationCount = 0;
    violationLog[0] = '\0';
}

int othersInside(void) {
    int waiting = 0;
    for (int i = 0; i < MAX_SETS; i++) {
        waiting += eventSets[i].waiters;
    }
    return atomic_load(&inside) - 1 + waiting;
}

bool waitForChange(const struct timespec *until) { return pthread_cond_timedwait(&changed, &lock, until) == 0; }

/* ---- faults ---- */

static struct timespec realTimeIn(int64_t us) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    int64_t total = (int64_t)time.tv_nsec + us * 1000;
    time.tv_sec += total / 1000000000;
    time.tv_nsec = total % 1000000000;
    return time;
}

static nvmlReturn_t hang(int64_t durationUs) {
    unsigned long releaseSeen = releases, resetSeen = resets;
    int64_t endUs = durationUs < 0 ? INT64_MAX : clockUs() + durationUs;
    hanging++;
    pthread_cond_broadcast(&changed);
    while (releases == releaseSeen && clockUs() < endUs) {
        struct timespec soon = realTimeIn(scenario.manualClock || durationUs < 0 ? 1000000 : endUs - clockUs());
        pthread_cond_timedwait(&changed, &lock, &soon);
    }
    hanging--;
    return resets == resetSeen ? NVML_SUCCESS : NVML_ERROR_UNKNOWN;
}

static nvmlReturn_t slow(int64_t durationUs) {
    unsigned long resetSeen = resets;
    struct timespec rest = {durationUs / 1000000, durationUs % 1000000 * 1000};
    pthread_mutex_unlock(&lock);
    nanosleep(&rest, NULL);
    pthread_mutex_lock(&lock);
    return resets == resetSeen ? NVML_SUCCESS : NVML_ERROR_UNKNOWN;
}

static bool named(const char *pattern, const char *function) {
    size_t length = strlen(pattern);
    if (length > 0 && pattern[length - 1] == '*') {
        return strncmp(pattern, function, length - 1) == 0;
    }
    return strcmp(pattern, function) == 0;
}

static nvmlReturn_t applyRules(const char *function, int gpu, long calls) {
    for (int i = 0; i < scenario.ruleCount; i++) {
        Rule rule = scenario.rules[i];
        if (!named(rule.function, function) || (rule.gpu >= 0 && rule.gpu != gpu) || !holds(&rule.since, calls)) {
            continue;
        }
        nvmlReturn_t result = rule.fault == HANG ? hang(rule.durationUs)
                : rule.fault == SLOW             ? slow(rule.durationUs)
                                                 : rule.code;
        if (result != NVML_SUCCESS) {
            return result;
        }
    }
    return NVML_SUCCESS;
}

/* ---- in and out ---- */

static nvmlReturn_t comeIn(const char *function) {
    const char *other = atomic_load(&insideFunction);
    if (atomic_fetch_add(&inside, 1) > 0) {
        pthread_mutex_lock(&lock);
        return violation(NVML_ERROR_UNKNOWN, "%s while another thread is in %s", function, other == NULL ? "?" : other);
    }
    atomic_store(&insideFunction, function);
    pthread_mutex_lock(&lock);
    return NVML_SUCCESS;
}

nvmlReturn_t enter(const char *function) {
    nvmlReturn_t result = comeIn(function);
    return result != NVML_SUCCESS || scenario.ruleCount == 0 ? result : applyRules(function, -1, 0);
}

static nvmlReturn_t initialized(const char *function) {
    if (session.initCount > 0) {
        return NVML_SUCCESS;
    }
    return violation(NVML_ERROR_UNINITIALIZED, "%s before nvmlInit or after nvmlShutdown", function);
}

nvmlReturn_t enterInitialized(const char *function) {
    nvmlReturn_t result = comeIn(function);
    if (result == NVML_SUCCESS) {
        result = initialized(function);
    }
    return result != NVML_SUCCESS || scenario.ruleCount == 0 ? result : applyRules(function, -1, 0);
}

static bool migOn(int gpu) {
    double mode = 0;
    bool blank = false;
    return metricAt(gpu, MIG_MODE, scenarioUs(), &mode, &blank) == NVML_SUCCESS && !blank && mode == 1;
}

/* A MIG device goes away under its readers: that its handle is dead is no mistake of theirs. */
static nvmlReturn_t instanceOf(nvmlDevice_t device, const Instance **instance) {
    const Instance *alive = &scenario.gpus[device->gpu].instances[device->instance];
    if (!migOn(device->gpu) || alive->serial != device->serial) {
        return NVML_ERROR_INVALID_ARGUMENT;
    }
    *instance = alive;
    return alive->failing;
}

static nvmlReturn_t gpuOf(const char *function, nvmlDevice_t device, int *gpu, const Instance **instance) {
    uintptr_t at = (uintptr_t)device, from = (uintptr_t)handles;
    if (at < from || at >= from + sizeof handles || (at - from) % sizeof(struct Handle) != 0 || device->generation == 0) {
        return violation(NVML_ERROR_INVALID_ARGUMENT, "%s with a handle that was never given out", function);
    }
    if (device->generation != session.generation) {
        return violation(NVML_ERROR_INVALID_ARGUMENT, "%s with a handle from before nvmlShutdown", function);
    }
    *gpu = device->gpu;
    return device->instance < 0 ? NVML_SUCCESS : instanceOf(device, instance);
}

/* A card that waits for its reset still says who it is and what it needs. */
static bool answersBeforeReset(const char *function) {
    return strcmp(function, "nvmlDeviceGetFieldValues") == 0 || strcmp(function, "nvmlDeviceGetUUID") == 0
            || strcmp(function, "nvmlDeviceGetPciInfo_v3") == 0 || strcmp(function, "nvmlDeviceGetIndex") == 0
            || strcmp(function, "nvmlDeviceRegisterEvents") == 0;
}

nvmlReturn_t enterGpu(const char *function, nvmlDevice_t device, int *gpu) {
    const Instance *instance;
    nvmlReturn_t result = enterDevice(function, device, gpu, &instance);
    if (result == NVML_SUCCESS && instance != NULL) {
        result = violation(NVML_ERROR_INVALID_ARGUMENT, "%s with the handle of a MIG device", function);
    }
    return result;
}

nvmlReturn_t enterDevice(const char *function, nvmlDevice_t device, int *gpu, const Instance **instance) {
    *gpu = 0;
    *instance = NULL;
    nvmlReturn_t result = comeIn(function);
    if (result == NVML_SUCCESS) {
        result = initialized(function);
    }
    if (result == NVML_SUCCESS) {
        result = gpuOf(function, device, gpu, instance);
    }
    if (result != NVML_SUCCESS) {
        return result;
    }
    Gpu *card = &scenario.gpus[*gpu];
    card->calls++;
    if (scenario.ruleCount > 0) {
        result = applyRules(function, *gpu, card->calls);
        if (result != NVML_SUCCESS) {
            return result;
        }
    }
    if (holds(&card->lost, card->calls) || holds(&card->vanished, card->calls)) {
        return NVML_ERROR_GPU_IS_LOST;
    }
    if (holds(&card->resetRequired, card->calls) && !answersBeforeReset(function)) {
        return NVML_ERROR_RESET_REQUIRED;
    }
    return NVML_SUCCESS;
}

nvmlReturn_t leave(nvmlReturn_t result) {
    pthread_mutex_unlock(&lock);
    atomic_fetch_sub(&inside, 1);
    return result;
}

void measureFor(int64_t us) {
    struct timespec rest = {us / 1000000, us % 1000000 * 1000};
    pthread_mutex_unlock(&lock);
    nanosleep(&rest, NULL);
    pthread_mutex_lock(&lock);
}

nvmlReturn_t enterWaiting(const char *function) {
    pthread_mutex_lock(&lock);
    nvmlReturn_t result = initialized(function);
    return result != NVML_SUCCESS ? result : applyRules(function, -1, 0);
}

nvmlReturn_t leaveWaiting(nvmlReturn_t result) {
    pthread_mutex_unlock(&lock);
    return result;
}

/*
 * A word that is right for this driver passes. Another version's word is a caller's honest try; a word whose size
 * or version cannot be is a mistake.
 */
nvmlReturn_t checkWord(const char *function, unsigned int word, unsigned int offered) {
    if (word == offered) {
        return NVML_SUCCESS;
    }
    unsigned int version = word >> 24, size = word & 0xFFFFFF, offeredVersion = offered >> 24;
    if (version == 0 || version > 9 || version == offeredVersion || size < 4 || size > 16384) {
        return violation(NVML_ERROR_ARGUMENT_VERSION_MISMATCH, "%s with version word 0x%08X, not 0x%08X", function, word,
                offered);
    }
    return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
}

/* ---- sessions ---- */

static nvmlDevice_t handle(struct Handle wanted) {
    for (int i = handleCount - 1; i >= 0 && handles[i].generation == session.generation; i--) {
        if (memcmp(&handles[i], &wanted, sizeof wanted) == 0) {
            return &handles[i];
        }
    }
    if (handleCount == MAX_HANDLES) { /* start over: the oldest handles are forgotten */
        memset(handles, 0, sizeof handles);
        handleCount = 0;
    }
    handles[handleCount] = wanted;
    return &handles[handleCount++];
}

nvmlDevice_t handleOf(int gpu) { return handle((struct Handle){session.generation, gpu, -1, 0}); }

nvmlDevice_t handleOfInstance(int gpu, int instance) {
    return handle((struct Handle){session.generation, gpu, instance, scenario.gpus[gpu].instances[instance].serial});
}

bool isSample(nvmlGpmSample_t sample) {
    return sample >= gpmSamples && sample < gpmSamples + MAX_SAMPLES && sample->generation != 0
            && sample->generation == session.generation;
}

bool isSet(nvmlEventSet_t set) {
    return set >= eventSets && set < eventSets + MAX_SETS && set->generation != 0
            && set->generation == session.generation;
}

void beginSession(void) {
    session.generation++;
    session.visibleCount = 0;
    for (int i = 0; i < scenario.gpuCount; i++) {
        if (!holds(&scenario.gpus[i].vanished, scenario.gpus[i].calls)) {
            session.visible[session.visibleCount++] = i;
        }
    }
}

void endSession(void) {
    for (int i = 0; i < MAX_SETS; i++) {
        if (eventSets[i].generation == session.generation) {
            violation(NVML_SUCCESS, "nvmlShutdown with an event set that was not freed");
            eventSets[i].generation = 0;
        }
    }
    for (int i = 0; i < MAX_SAMPLES; i++) {
        if (gpmSamples[i].generation == session.generation) {
            violation(NVML_SUCCESS, "nvmlShutdown with a GPM sample that was not freed");
            gpmSamples[i].generation = 0;
        }
    }
    session.generation++;
}
