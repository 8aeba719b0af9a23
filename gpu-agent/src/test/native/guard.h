/* The door of the library: every call comes in and goes out here, and what the caller does wrong is written down. */
#ifndef CARETAKER_TEST_GUARD_H
#define CARETAKER_TEST_GUARD_H

#include <pthread.h>

#include "scenario.h"

enum { MAX_SETS = 16, MAX_SAMPLES = 128 };

/* A GPU's handle. It is good from the first nvmlInit to the last nvmlShutdown, which ends a generation. */
struct Handle {
    unsigned int generation;
    int gpu;
    int instance;        /* the index of a MIG device, or -1 for the GPU itself */
    unsigned int serial; /* of the MIG device */
};

/* What a GPM call measured at one moment. */
struct GpmSample {
    unsigned int generation; /* 0: free */
    int gpu;
    unsigned int gpuInstance;
    int64_t takenUs; /* negative: nothing was taken yet */
};

struct EventSet {
    unsigned int generation; /* 0: free */
    unsigned long long masks[MAX_GPUS];
    long delivered[MAX_EVENTS];
    bool lossTold[MAX_GPUS];
    int waiters;
};

/* What holds between nvmlInit and nvmlShutdown. */
typedef struct {
    int initCount;
    unsigned int generation;
    int visible[MAX_GPUS]; /* index as NVML counts -> GPU of the scenario */
    int visibleCount;
} Session;

extern Session session;
extern struct EventSet eventSets[MAX_SETS];
extern struct GpmSample gpmSamples[MAX_SAMPLES];
extern pthread_cond_t changed; /* signalled when the time, the scenario or an event changes */

/*
 * Comes in, and holds the lock until leave(). The result is NVML_SUCCESS or what the caller is to be told:
 * every function calls leave() with its result in any case.
 */
nvmlReturn_t enter(const char *function);
nvmlReturn_t enterInitialized(const char *function);
nvmlReturn_t enterGpu(const char *function, nvmlDevice_t device, int *gpu);
/* The same for a function that a MIG device answers, too: instance is NULL for a GPU. */
nvmlReturn_t enterDevice(const char *function, nvmlDevice_t device, int *gpu, const Instance **instance);
nvmlReturn_t leave(nvmlReturn_t result);
/* Sleeps as a call does that measures for some time. */
void measureFor(int64_t us);

/* The same for a call that may wait beside others: it is not counted as "inside". */
nvmlReturn_t enterWaiting(const char *function);
nvmlReturn_t leaveWaiting(nvmlReturn_t result);
/* Waits for a change until a time of the real clock; false when that time has come. */
bool waitForChange(const struct timespec *until);

/* Writes a line into the log of what the caller did wrong; returns the code given. */
nvmlReturn_t violation(nvmlReturn_t code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Checks the version word of a structure; known: the words that a correct caller could send, offered: this driver's. */
nvmlReturn_t checkWord(const char *function, unsigned int word, unsigned int offered);

nvmlDevice_t handleOf(int gpu);
nvmlDevice_t handleOfInstance(int gpu, int instance);
bool isSample(nvmlGpmSample_t sample);
bool isSet(nvmlEventSet_t set);
int othersInside(void);
void beginSession(void);
void endSession(void);

/* For the test's controls. */
void guardLock(void);
void guardUnlock(void);
void guardReset(void);
void releaseHangs(void);
int hangingCalls(void);
int violations(char *buffer, unsigned int length);

#endif
