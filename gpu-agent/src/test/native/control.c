/* What a test says to the library, beside NVML: which scenario, what time it is, what went wrong. */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"

/* Replaces the scenario and forgets everything: sessions, handles, hangs, violations. 0, or the number of a bad line. */
int testnvmlSetScenarioText(const char *text);
/* The same from a file; -1 when it cannot be read. */
int testnvmlLoadScenario(const char *path);
/* Adds lines to the running scenario; a condition without "at" holds from now on. */
int testnvmlApply(const char *text);
void testnvmlSetTimeUs(long long us);
void testnvmlAdvanceUs(long long us);
void testnvmlReleaseHangs(void);
/* How many calls hang now. */
int testnvmlHanging(void);
/* How often nvmlInit has succeeded without its nvmlShutdown. */
int testnvmlSessions(void);
/* What the caller did wrong, a line each; returns how many. */
int testnvmlViolations(char *buffer, unsigned int length);
/* The structures as this compiler lays them out: "name size field@offset:size ..." a line each. */
int testnvmlLayouts(char *buffer, unsigned int length);

/* An environment variable names the scenario where no test can speak: a whole service under test. */
__attribute__((constructor)) static void begin(void) {
    scenarioClear();
    const char *path = getenv("CARETAKER_NVML_SCENARIO");
    if (path != NULL && *path != '\0') {
        int line = testnvmlLoadScenario(path);
        if (line != 0) {
            fprintf(stderr, "CARETAKER_NVML_SCENARIO=%s: %s (line %d)\n", path, "not understood", line);
            abort();
        }
    }
}

int testnvmlSetScenarioText(const char *text) {
    guardLock();
    scenarioClear();
    int line = scenarioApply(text);
    guardReset();
    guardUnlock();
    return line;
}

int testnvmlLoadScenario(const char *path) {
    static char text[65536];
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return -1;
    }
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    return testnvmlSetScenarioText(text);
}

int testnvmlApply(const char *text) {
    guardLock();
    int line = scenarioApply(text);
    writeKernelLog();
    pthread_cond_broadcast(&changed);
    guardUnlock();
    return line;
}

static void setTime(long long us) {
    if (!scenario.manualClock) { /* the scenario began as long ago as before */
        scenario.beginUs += us - clockUs();
        scenario.manualClock = true;
    }
    scenario.manualUs = us;
    writeKernelLog();
    pthread_cond_broadcast(&changed);
}

void testnvmlSetTimeUs(long long us) {
    guardLock();
    setTime(us);
    guardUnlock();
}

void testnvmlAdvanceUs(long long us) {
    guardLock();
    setTime(clockUs() + us);
    guardUnlock();
}

void testnvmlReleaseHangs(void) {
    guardLock();
    releaseHangs();
    guardUnlock();
}

int testnvmlHanging(void) {
    guardLock();
    int count = hangingCalls();
    guardUnlock();
    return count;
}

int testnvmlSessions(void) {
    guardLock();
    int count = session.initCount;
    guardUnlock();
    return count;
}

int testnvmlViolations(char *buffer, unsigned int length) {
    guardLock();
    int count = violations(buffer, length);
    guardUnlock();
    return count;
}

/* ---- layouts ---- */

typedef struct {
    char *to;
    size_t left;
} Text;

static void add(Text *text, const char *format, const char *name, size_t offset, size_t size) {
    int written = snprintf(text->to, text->left, format, name, offset, size);
    if (written > 0 && (size_t)written < text->left) {
        text->to += written;
        text->left -= (size_t)written;
    }
}

#define STRUCT(type) add(&text, "\n%s %zu", #type, sizeof(type), 0)
#define FIELD(type, field) add(&text, " %s@%zu:%zu", #field, offsetof(type, field), sizeof(((type *)0)->field))

int testnvmlLayouts(char *buffer, unsigned int length) {
    Text text = {buffer, length};
#include "layouts.h"
    return (int)(text.to - buffer);
}
