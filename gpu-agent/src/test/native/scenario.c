/* The scenario: its text, its clock and its curves. */
#define _GNU_SOURCE
#include "scenario.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

Scenario scenario;

#define METRIC_NAME(identifier, name, value) name,
static const char *const METRIC_NAMES[] = {METRICS(METRIC_NAME)};
#undef METRIC_NAME
#define METRIC_DEFAULT(identifier, name, value) value,
static const double METRIC_DEFAULTS[] = {METRICS(METRIC_DEFAULT)};
#undef METRIC_DEFAULT

/* ---- clock and curves ---- */

int64_t clockUs(void) {
    if (scenario.manualClock) {
        return scenario.manualUs;
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t scenarioUs(void) { return clockUs() - scenario.beginUs; }

bool holds(const Since *since, long calls) {
    return since->set && scenarioUs() >= since->atUs && calls > since->afterCalls;
}

/* A number in [-1, 1] that depends on nothing but its arguments. */
static double noise(int gpu, int metric, int64_t step) {
    uint64_t x = scenario.seed * 0x9E3779B97F4A7C15u + (uint64_t)gpu * 1000003u + (uint64_t)metric * 7919u + (uint64_t)step;
    x ^= x >> 30;
    x *= 0xBF58476D1CE4E5B9u;
    x ^= x >> 27;
    x *= 0x94D049BB133111EBu;
    x ^= x >> 31;
    return (double)(x >> 11) / 4503599627370496.0 - 1.0;
}

static double pieceAt(const Piece *piece, int gpu, int metric, int64_t atUs) {
    double elapsed = (double)(atUs - piece->fromUs);
    double over = (double)piece->overUs;
    switch (piece->shape) {
        case RAMP: {
            double done = elapsed >= over ? 1.0 : elapsed / over;
            return piece->first + (piece->second - piece->first) * done;
        }
        case CLIMB:
            return piece->first + piece->second * elapsed / 1e6;
        case SINE: {
            double middle = (piece->first + piece->second) / 2, reach = (piece->second - piece->first) / 2;
            return middle + reach * sin(2 * 3.14159265358979323846 * elapsed / over);
        }
        case NOISE:
            return piece->first + piece->second * noise(gpu, metric, atUs / piece->overUs);
        case CONSTANT:
        case BLANK:
        case FAILING:
            break;
    }
    return piece->first;
}

nvmlReturn_t curveAt(const Curve *curve, int gpu, int metric, int64_t atUs, double *value, bool *blank) {
    const Piece *piece = &curve->pieces[0];
    for (int i = 1; i < curve->count; i++) {
        if (atUs >= curve->pieces[i].fromUs) {
            piece = &curve->pieces[i];
        }
    }
    *blank = piece->shape == BLANK;
    if (piece->shape == FAILING) {
        return (nvmlReturn_t)piece->first;
    }
    *value = pieceAt(piece, gpu, metric, atUs);
    if (curve->restartUs >= 0 && atUs >= curve->restartUs) {
        *value -= pieceAt(piece, gpu, metric, curve->restartUs);
    }
    return NVML_SUCCESS;
}

nvmlReturn_t metricAt(int gpu, Metric metric, int64_t atUs, double *value, bool *blank) {
    return curveAt(&scenario.gpus[gpu].curves[metric], gpu, (int)metric, atUs, value, blank);
}

/* ---- defaults ---- */

static Curve constantCurve(double value) {
    Curve curve = {.count = 1, .restartUs = -1};
    curve.pieces[0] = (Piece){.shape = CONSTANT, .first = value, .overUs = 1};
    return curve;
}

static void defaultGpu(Gpu *gpu, int index) {
    memset(gpu, 0, sizeof *gpu);
    snprintf(gpu->name, sizeof gpu->name, "NVIDIA H100 80GB HBM3");
    snprintf(gpu->uuid, sizeof gpu->uuid, "GPU-00000000-0000-4000-8000-%012d", index);
    snprintf(gpu->serial, sizeof gpu->serial, "16500000000%02d", index);
    snprintf(gpu->partNumber, sizeof gpu->partNumber, "692-2G520-0200-000");
    snprintf(gpu->vbios, sizeof gpu->vbios, "96.00.74.00.01");
    snprintf(gpu->gspFirmware, sizeof gpu->gspFirmware, "580.65.06");
    snprintf(gpu->busId, sizeof gpu->busId, "00000000:%02X:00.0", 0x18 + index);
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        gpu->curves[metric] = constantCurve(METRIC_DEFAULTS[metric]);
    }
    for (int link = 0; link < MAX_LINKS; link++) {
        gpu->links[link].state = -1;
    }
    gpu->curves[MINOR_NUMBER] = constantCurve(index);
    gpu->curves[BOARD_ID] = constantCurve(0x1800 + 256.0 * index);
    gpu->curves[MODULE_ID] = constantCurve(index + 1);
}

static void setDriver(const char *version) {
    snprintf(scenario.driverVersion, sizeof scenario.driverVersion, "%s", version);
    scenario.driverBranch = atoi(version);
}

void scenarioClear(void) {
    memset(&scenario, 0, sizeof scenario);
    char version[32];
    snprintf(version, sizeof version, "%d.65.06", DRIVER_BRANCH);
    setDriver(version);
    snprintf(scenario.nvmlVersion, sizeof scenario.nvmlVersion, "13.%d.65.06", DRIVER_BRANCH);
    scenario.cudaVersion = 13000;
    scenario.processStride = sizeof(nvmlProcessInfo_v2_t);
    scenario.gpuCount = 1;
    for (int i = 0; i < MAX_GPUS; i++) {
        defaultGpu(&scenario.gpus[i], i);
    }
    scenario.beginUs = clockUs();
}

/* ---- events ---- */

long happened(const EventRule *event) {
    int64_t sinceUs = scenarioUs() - event->atUs;
    return sinceUs < 0 ? 0 : event->everyUs == 0 ? 1 : 1 + (long)(sinceUs / event->everyUs);
}

int64_t nextEventUs(void) {
    int64_t next = INT64_MAX, nowUs = scenarioUs();
    for (int i = 0; i < scenario.eventCount; i++) {
        const EventRule *event = &scenario.events[i];
        int64_t dueUs = event->atUs + happened(event) * event->everyUs;
        if (dueUs > nowUs && dueUs < next) {
            next = dueUs;
        }
    }
    return next;
}

/* In the form of /dev/kmsg: priority, number, microseconds, flags; text. */
void writeKernelLog(void) {
    static unsigned long number;
    if (scenario.kernelLog[0] == '\0') {
        return;
    }
    FILE *file = NULL;
    for (int i = 0; i < scenario.eventCount; i++) {
        const EventRule *event = &scenario.events[i];
        for (; event->type == 8 && scenario.logged[i] < happened(event); scenario.logged[i]++) {
            file = file == NULL ? fopen(scenario.kernelLog, "a") : file;
            if (file == NULL) {
                return;
            }
            const char *busId = scenario.gpus[event->gpu].busId;
            fprintf(file, "4,%lu,%lld,-;NVRM: Xid (PCI:%.10s): %llu, pid=4242, name=python3, made up\n", ++number,
                    (long long)(event->atUs + scenario.logged[i] * event->everyUs), busId + 4, event->data);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
}

/* ---- text ---- */

/* The words of one line, taken one after the other. */
typedef struct {
    char *rest;
} Words;

static char *next(Words *words) {
    char *word = strtok_r(NULL, " \t\r", &words->rest);
    return word;
}

/* "30s", "500ms", "20us"; false when it is no time. */
static bool parseTime(const char *word, int64_t *us) {
    if (word == NULL) {
        return false;
    }
    char *unit;
    double number = strtod(word, &unit);
    if (unit == word) {
        return false;
    }
    double scale = strcmp(unit, "s") == 0 ? 1e6 : strcmp(unit, "ms") == 0 ? 1e3 : strcmp(unit, "us") == 0 ? 1 : 0;
    *us = (int64_t)(number * scale);
    return scale != 0;
}

static bool parseNumber(const char *word, double *number) {
    if (word == NULL) {
        return false;
    }
    char *end;
    *number = strncmp(word, "0x", 2) == 0 ? (double)strtoull(word, &end, 16) : strtod(word, &end);
    return end != word && *end == '\0';
}

/* What may end a statement: "at T", "after N calls", "every T", "for T", "gpu N", "as TYPE". */
typedef struct {
    Since since;
    int64_t everyUs, forUs;
    int gpu;
    nvmlValueType_t type;
} Ending;

static nvmlValueType_t typeNamed(const char *name) {
    static const char *const NAMES[] = {"double", "uint", "ulong", "ulonglong", "slonglong", "sint", "ushort"};
    for (unsigned int i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(name, NAMES[i]) == 0) {
            return i;
        }
    }
    return 99;
}

static bool parseEnding(Words *words, Ending *ending) {
    *ending = (Ending){.since = {.set = true, .atUs = scenarioUs(), .afterCalls = -1}, .gpu = -1, .type = VALUE_UINT};
    ending->forUs = -1;
    for (char *word = next(words); word != NULL; word = next(words)) {
        char *argument = next(words);
        if (argument == NULL) {
            return false;
        }
        if (strcmp(word, "at") == 0) {
            if (!parseTime(argument, &ending->since.atUs)) {
                return false;
            }
        } else if (strcmp(word, "after") == 0) {
            ending->since.afterCalls = atol(argument);
            char *calls = next(words);
            if (calls == NULL || strcmp(calls, "calls") != 0) {
                return false;
            }
        } else if (strcmp(word, "every") == 0) {
            if (!parseTime(argument, &ending->everyUs)) {
                return false;
            }
        } else if (strcmp(word, "for") == 0) {
            if (!parseTime(argument, &ending->forUs)) {
                return false;
            }
        } else if (strcmp(word, "gpu") == 0) {
            ending->gpu = atoi(argument);
        } else if (strcmp(word, "as") == 0) {
            ending->type = typeNamed(argument);
        } else {
            return false;
        }
    }
    return ending->type <= VALUE_USHORT;
}

static bool parsePiece(Words *words, Piece *piece) {
    char *shape = next(words);
    *piece = (Piece){.overUs = 1000000};
    if (shape == NULL) {
        return false;
    }
    if (strcmp(shape, "blank") == 0) {
        piece->shape = BLANK;
        return true;
    }
    if (strcmp(shape, "unsupported") == 0) {
        piece->shape = FAILING;
        piece->first = NVML_ERROR_NOT_SUPPORTED;
        return true;
    }
    if (parseNumber(shape, &piece->first)) { /* "constant" may be left out */
        return true;
    }
    if (strcmp(shape, "constant") == 0 || strcmp(shape, "error") == 0) {
        piece->shape = *shape == 'c' ? CONSTANT : FAILING;
        return parseNumber(next(words), &piece->first);
    }
    if (!parseNumber(next(words), &piece->first) || !parseNumber(next(words), &piece->second)) {
        return false;
    }
    if (strcmp(shape, "climb") == 0) {
        piece->shape = CLIMB;
        return true;
    }
    piece->shape = strcmp(shape, "ramp") == 0 ? RAMP : strcmp(shape, "sine") == 0 ? SINE : NOISE;
    if (piece->shape == NOISE && strcmp(shape, "noise") != 0) {
        return false;
    }
    return parseTime(next(words), &piece->overUs) && piece->overUs > 0;
}

static bool addPiece(Curve *curve, Piece piece, int64_t fromUs, bool replace) {
    if (replace) {
        *curve = (Curve){.restartUs = -1};
    } else if (curve->count == MAX_PIECES) {
        return false;
    }
    piece.fromUs = fromUs;
    curve->pieces[curve->count++] = piece;
    return true;
}

static int metricNamed(const char *name) {
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        if (strcmp(name, METRIC_NAMES[metric]) == 0) {
            return metric;
        }
    }
    return -1;
}

static bool applyField(Gpu *gpu, Words *words) {
    double id;
    Piece piece;
    Ending ending;
    if (!parseNumber(next(words), &id) || !parsePiece(words, &piece) || !parseEnding(words, &ending)
            || gpu->fieldCount == MAX_FIELDS) {
        return false;
    }
    OwnField *field = &gpu->fields[gpu->fieldCount++];
    *field = (OwnField){.id = (unsigned int)id, .type = ending.type};
    return addPiece(&field->curve, piece, ending.since.atUs, true);
}

static bool applySpike(int index, Words *words) {
    char *name = next(words);
    int metric = name == NULL ? -1 : metricNamed(name);
    double value;
    Ending ending;
    if (metric < 0 || !parseNumber(next(words), &value) || !parseEnding(words, &ending) || ending.forUs < 0
            || scenario.spikeCount == MAX_SPIKES) {
        return false;
    }
    scenario.spikes[scenario.spikeCount++] = (Spike){index, (Metric)metric, value, ending.since.atUs, ending.forUs};
    return true;
}

static bool applyEvent(int index, bool xid, Words *words) {
    double type = 8, data;
    Ending ending;
    if ((!xid && !parseNumber(next(words), &type)) || !parseNumber(next(words), &data) || !parseEnding(words, &ending)
            || scenario.eventCount == MAX_EVENTS) {
        return false;
    }
    scenario.events[scenario.eventCount++] =
            (EventRule){index, (unsigned long long)type, (unsigned long long)data, ending.since.atUs, ending.everyUs};
    return true;
}

/* "instance INDEX GI CI PROFILE TOTAL USED SMS SLICES", or "instance INDEX gone", or "instance INDEX error CODE" */
static bool applyInstance(Gpu *gpu, Words *words) {
    double index, numbers[6];
    if (!parseNumber(next(words), &index) || index < 0 || index >= MAX_INSTANCES) {
        return false;
    }
    Instance *instance = &gpu->instances[(int)index];
    char *word = next(words);
    if (word != NULL && strcmp(word, "gone") == 0) {
        memset(instance, 0, sizeof *instance);
        return true;
    }
    if (word != NULL && strcmp(word, "error") == 0) {
        instance->failing = parseNumber(next(words), &numbers[0]) ? (nvmlReturn_t)numbers[0] : NVML_SUCCESS;
        return instance->serial != 0;
    }
    if (!parseNumber(word, &numbers[0]) || !parseNumber(next(words), &numbers[1])) {
        return false;
    }
    char *profile = next(words);
    for (int i = 2; i < 6; i++) {
        if (!parseNumber(next(words), &numbers[i])) {
            return false;
        }
    }
    *instance = (Instance){.serial = ++scenario.instanceSerial};
    instance->gpuInstance = (unsigned int)numbers[0];
    instance->computeInstance = (unsigned int)numbers[1];
    snprintf(instance->profile, sizeof instance->profile, "%s", profile);
    instance->total = (unsigned long long)numbers[2];
    instance->used = (unsigned long long)numbers[3];
    instance->multiprocessors = (unsigned int)numbers[4];
    instance->slices = (unsigned int)numbers[5];
    return true;
}

/* "process PID compute|graphics|mps BYTES|unknown [sm PERCENT] [instance GI CI]", or "process PID ended" */
static bool applyProcess(Gpu *gpu, Words *words) {
    double pid, number, other;
    char *kind;
    if (!parseNumber(next(words), &pid) || (kind = next(words)) == NULL) {
        return false;
    }
    int kept = 0;
    bool ended = strcmp(kind, "ended") == 0;
    for (int i = 0; ended && i < gpu->processCount; i++) {
        if (gpu->processes[i].pid != (unsigned int)pid) {
            gpu->processes[kept++] = gpu->processes[i];
        }
    }
    if (ended) {
        gpu->processCount = kept;
        return true;
    }
    Process process = {.pid = (unsigned int)pid, .gpuInstance = ~0u, .computeInstance = ~0u, .used = ~0ull};
    process.kind = strcmp(kind, "graphics") == 0 ? GRAPHICS : strcmp(kind, "mps") == 0 ? MPS : COMPUTE;
    char *used = next(words);
    if (used == NULL || (strcmp(used, "unknown") != 0 && !parseNumber(used, &number))) {
        return false;
    }
    if (strcmp(used, "unknown") != 0) {
        process.used = (unsigned long long)number;
    }
    for (char *word = next(words); word != NULL; word = next(words)) {
        if (strcmp(word, "sm") == 0 && parseNumber(next(words), &number)) {
            process.sm = (unsigned int)number;
        } else if (strcmp(word, "instance") == 0 && parseNumber(next(words), &number)
                && parseNumber(next(words), &other)) {
            process.gpuInstance = (unsigned int)number;
            process.computeInstance = (unsigned int)other;
        } else {
            return false;
        }
    }
    if (gpu->processCount == MAX_PROCESSES) {
        return false;
    }
    gpu->processes[gpu->processCount++] = process;
    return true;
}

/* "gpm ID PIECE" for the whole GPU, "gpm-instance GI ID PIECE" for a part of it */
static bool applyGpm(Gpu *gpu, bool part, Words *words) {
    double gpuInstance = 0, id;
    Piece piece;
    Ending ending;
    if ((part && !parseNumber(next(words), &gpuInstance)) || !parseNumber(next(words), &id)
            || !parsePiece(words, &piece) || !parseEnding(words, &ending)) {
        return false;
    }
    unsigned int instance = part ? (unsigned int)gpuInstance : ~0u;
    GpmCurve *curve = NULL;
    for (int i = 0; i < gpu->gpmCount; i++) {
        if (gpu->gpm[i].id == (unsigned int)id && gpu->gpm[i].gpuInstance == instance) {
            curve = &gpu->gpm[i];
        }
    }
    if (curve == NULL && gpu->gpmCount == MAX_GPM) {
        return false;
    }
    curve = curve == NULL ? &gpu->gpm[gpu->gpmCount++] : curve;
    *curve = (GpmCurve){.gpuInstance = instance, .id = (unsigned int)id};
    return addPiece(&curve->curve, piece, ending.since.atUs, true);
}

/* "link N state 0|1|2", "link N error CODE", "link N well" */
static bool applyLink(Gpu *gpu, Words *words) {
    double link, number = 0;
    char *what;
    if (!parseNumber(next(words), &link) || link < 0 || link >= MAX_LINKS || (what = next(words)) == NULL) {
        return false;
    }
    LinkFault *fault = &gpu->links[(int)link];
    if (strcmp(what, "well") == 0) {
        *fault = (LinkFault){.state = -1};
        return true;
    }
    if (!parseNumber(next(words), &number)) {
        return false;
    }
    if (strcmp(what, "state") == 0) {
        fault->state = (int)number;
        return true;
    }
    fault->failing = (nvmlReturn_t)number;
    return strcmp(what, "error") == 0;
}

static bool applyText(Gpu *gpu, const char *word, Words *words) {
    const struct {
        const char *word;
        char *to;
        size_t size;
    } texts[] = {
        {"name", gpu->name, sizeof gpu->name},
        {"uuid", gpu->uuid, sizeof gpu->uuid},
        {"serial", gpu->serial, sizeof gpu->serial},
        {"part-number", gpu->partNumber, sizeof gpu->partNumber},
        {"vbios", gpu->vbios, sizeof gpu->vbios},
        {"gsp-firmware", gpu->gspFirmware, sizeof gpu->gspFirmware},
        {"bus-id", gpu->busId, sizeof gpu->busId},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(word, texts[i].word) == 0) {
            char *text = words->rest + strspn(words->rest, " \t");
            snprintf(texts[i].to, texts[i].size, "%s", text);
            return true;
        }
    }
    return false;
}

static bool applyGpu(int index, const char *word, Words *words) {
    Gpu *gpu = &scenario.gpus[index];
    Since *state = strcmp(word, "lost") == 0 ? &gpu->lost
            : strcmp(word, "vanished") == 0  ? &gpu->vanished
            : strcmp(word, "reset-required") == 0 ? &gpu->resetRequired
                                                  : NULL;
    Ending ending;
    if (state != NULL) {
        bool understood = parseEnding(words, &ending);
        *state = ending.since;
        return understood;
    }
    if (strcmp(word, "back") == 0) {
        gpu->lost.set = gpu->vanished.set = gpu->resetRequired.set = false;
        return true;
    }
    if (strcmp(word, "field") == 0) {
        return applyField(gpu, words);
    }
    if (strcmp(word, "instance") == 0) {
        return applyInstance(gpu, words);
    }
    if (strcmp(word, "process") == 0) {
        return applyProcess(gpu, words);
    }
    if (strcmp(word, "gpm") == 0 || strcmp(word, "gpm-instance") == 0) {
        return applyGpm(gpu, word[3] != '\0', words);
    }
    if (strcmp(word, "link") == 0) {
        return applyLink(gpu, words);
    }
    if (strcmp(word, "spike") == 0) {
        return applySpike(index, words);
    }
    if (strcmp(word, "xid") == 0 || strcmp(word, "event") == 0) {
        return applyEvent(index, *word == 'x', words);
    }
    if (strcmp(word, "restart") == 0) {
        char *name = next(words);
        int metric = name == NULL ? -1 : metricNamed(name);
        if (metric < 0 || !parseEnding(words, &ending)) {
            return false;
        }
        gpu->curves[metric].restartUs = ending.since.atUs;
        return true;
    }
    int metric = metricNamed(word);
    if (metric < 0) {
        return applyText(gpu, word, words);
    }
    Piece piece;
    bool later = false;
    if (!parsePiece(words, &piece)) {
        return false;
    }
    later = words->rest != NULL && strstr(words->rest, "at ") != NULL;
    return parseEnding(words, &ending) && addPiece(&gpu->curves[metric], piece, ending.since.atUs, !later);
}

static bool applyCall(Words *words) {
    char *function = next(words), *fault = next(words);
    if (function == NULL || fault == NULL || scenario.ruleCount == MAX_RULES) {
        return false;
    }
    Rule rule = {.durationUs = -1};
    snprintf(rule.function, sizeof rule.function, "%s", function);
    if (strcmp(fault, "hang") == 0) {
        rule.fault = HANG;
    } else if (strcmp(fault, "slow") == 0) {
        rule.fault = SLOW;
        if (!parseTime(next(words), &rule.durationUs)) {
            return false;
        }
    } else if (strcmp(fault, "error") == 0) {
        double code;
        rule.fault = ERROR;
        if (!parseNumber(next(words), &code)) {
            return false;
        }
        rule.code = (nvmlReturn_t)code;
    } else if (strcmp(fault, "well") == 0) {
        int kept = 0;
        for (int i = 0; i < scenario.ruleCount; i++) {
            if (strcmp(scenario.rules[i].function, function) != 0) {
                scenario.rules[kept++] = scenario.rules[i];
            }
        }
        scenario.ruleCount = kept;
        return true;
    } else {
        return false;
    }
    Ending ending;
    if (!parseEnding(words, &ending)) {
        return false;
    }
    rule.since = ending.since;
    rule.gpu = ending.gpu;
    rule.durationUs = rule.fault == HANG ? ending.forUs : rule.durationUs;
    scenario.rules[scenario.ruleCount++] = rule;
    return true;
}

static bool applyClock(Words *words) {
    char *kind = next(words);
    double us;
    if (kind == NULL) {
        return false;
    }
    scenario.manualClock = strcmp(kind, "manual") == 0;
    if (scenario.manualClock) {
        if (!parseNumber(next(words), &us)) {
            return false;
        }
        scenario.manualUs = (int64_t)us;
    }
    scenario.beginUs = clockUs();
    return scenario.manualClock || strcmp(kind, "real") == 0;
}

static bool applyLine(char *line) {
    Words words;
    char *word = strtok_r(line, " \t\r", &words.rest);
    if (word == NULL || *word == '#') {
        return true;
    }
    if (strcmp(word, "gpu") == 0) {
        char *which = next(&words), *what = next(&words);
        if (which == NULL || what == NULL) {
            return false;
        }
        bool all = strcmp(which, "*") == 0;
        int from = all ? 0 : atoi(which), to = all ? scenario.gpuCount - 1 : from;
        if (from < 0 || to >= scenario.gpuCount) {
            return false;
        }
        char rest[256];
        snprintf(rest, sizeof rest, "%s", words.rest == NULL ? "" : words.rest);
        for (int i = from; i <= to; i++) {
            char copy[256];
            snprintf(copy, sizeof copy, "%s", rest);
            Words again = {copy};
            if (!applyGpu(i, what, &again)) {
                return false;
            }
        }
        return true;
    }
    if (strcmp(word, "call") == 0) {
        return applyCall(&words);
    }
    if (strcmp(word, "clock") == 0) {
        return applyClock(&words);
    }
    char *argument = next(&words);
    if (argument == NULL) {
        return false;
    }
    if (strcmp(word, "gpus") == 0) {
        scenario.gpuCount = atoi(argument);
        return scenario.gpuCount >= 0 && scenario.gpuCount <= MAX_GPUS;
    }
    if (strcmp(word, "seed") == 0) {
        scenario.seed = strtoull(argument, NULL, 10);
    } else if (strcmp(word, "begin") == 0) {
        scenario.beginUs = strtoll(argument, NULL, 10);
    } else if (strcmp(word, "driver-version") == 0) {
        setDriver(argument);
    } else if (strcmp(word, "nvml-version") == 0) {
        snprintf(scenario.nvmlVersion, sizeof scenario.nvmlVersion, "%s", argument);
    } else if (strcmp(word, "process-stride") == 0) {
        scenario.processStride = atoi(argument);
        return scenario.processStride == 24 || scenario.processStride == 32;
    } else if (strcmp(word, "kernel-log") == 0) {
        snprintf(scenario.kernelLog, sizeof scenario.kernelLog, "%s", argument);
    } else if (strcmp(word, "cuda-version") == 0) {
        scenario.cudaVersion = atoi(argument);
    } else {
        return false;
    }
    return true;
}

int scenarioApply(const char *text) {
    int number = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        char line[256];
        number++;
        if (length >= sizeof line) {
            return number;
        }
        memcpy(line, text, length);
        line[length] = '\0';
        if (!applyLine(line)) {
            return number;
        }
        text += length + (text[length] == '\n');
    }
    return 0;
}
