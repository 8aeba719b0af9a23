/* How a function of the library gives a value of the scenario to its caller. */
#ifndef CARETAKER_TEST_GIVE_H
#define CARETAKER_TEST_GIVE_H

#include <stddef.h>

#include "guard.h"

nvmlReturn_t nullPointer(const char *function);

/* A metric as a number of that width; a blank is all ones. */
nvmlReturn_t give32(int gpu, Metric metric, unsigned int *to);
nvmlReturn_t give64(int gpu, Metric metric, unsigned long long *to);
nvmlReturn_t giveSigned(int gpu, Metric metric, int *to);

nvmlReturn_t giveText(
        const char *function, const char *text, char *to, unsigned int length, unsigned int documented);

bool migOn(int gpu);

/* A function that gives one number of a GPU. */
#define GETTER(function, type, give, metric)                    \
    nvmlReturn_t function(nvmlDevice_t device, type *to) {      \
        int gpu;                                                \
        nvmlReturn_t result = enterGpu(#function, device, &gpu); \
        if (result == NVML_SUCCESS && to == NULL) {             \
            result = nullPointer(#function);                    \
        }                                                       \
        if (result == NVML_SUCCESS) {                           \
            result = give(gpu, metric, to);                     \
        }                                                       \
        return leave(result);                                   \
    }

/* A function that gives two. */
#define PAIR_GETTER(function, type, give, one, other)                          \
    nvmlReturn_t function(nvmlDevice_t device, type *first, type *second) {    \
        int gpu;                                                               \
        nvmlReturn_t result = enterGpu(#function, device, &gpu);               \
        if (result == NVML_SUCCESS && (first == NULL || second == NULL)) {     \
            result = nullPointer(#function);                                   \
        }                                                                      \
        if (result == NVML_SUCCESS) {                                          \
            result = give(gpu, one, first);                                    \
        }                                                                      \
        if (result == NVML_SUCCESS) {                                          \
            result = give(gpu, other, second);                                 \
        }                                                                      \
        return leave(result);                                                  \
    }

/* A function that fills a structure; the body sees gpu and to, and sets result. */
#define FILLER(function, type, word, ...)                                       \
    nvmlReturn_t function(nvmlDevice_t device, type *to) {                      \
        int gpu;                                                                \
        nvmlReturn_t result = enterGpu(#function, device, &gpu);                \
        if (result == NVML_SUCCESS && to == NULL) {                             \
            result = nullPointer(#function);                                    \
        }                                                                       \
        if (result == NVML_SUCCESS && (word) != 0) {                            \
            result = checkWord(#function, *(const unsigned int *)to, (word));   \
        }                                                                       \
        if (result == NVML_SUCCESS) {                                           \
            __VA_ARGS__                                                         \
        }                                                                       \
        return leave(result);                                                   \
    }

#define TEXT_GETTER(function, member, documented)                                                   \
    nvmlReturn_t function(nvmlDevice_t device, char *to, unsigned int length) {                     \
        int gpu;                                                                                    \
        nvmlReturn_t result = enterGpu(#function, device, &gpu);                                    \
        if (result == NVML_SUCCESS && scenario.gpus[gpu].member[0] == '-') {                        \
            result = NVML_ERROR_NOT_SUPPORTED;                                                      \
        }                                                                                           \
        if (result == NVML_SUCCESS) {                                                               \
            result = giveText(#function, scenario.gpus[gpu].member, to, length, documented);        \
        }                                                                                           \
        return leave(result);                                                                       \
    }

#endif
