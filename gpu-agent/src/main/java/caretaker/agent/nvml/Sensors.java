package caretaker.agent.nvml;

/** Heat, power, clocks and fans of a GPU. */
public final class Sensors {
    public static final int CLOCK_GRAPHICS = 0;
    public static final int CLOCK_SM = 1;
    public static final int CLOCK_MEMORY = 2;
    public static final int CLOCK_VIDEO = 3;

    public static final int THRESHOLD_SHUTDOWN = 0;
    public static final int THRESHOLD_SLOWDOWN = 1;
    public static final int THRESHOLD_MEMORY_MAX = 2;
    public static final int THRESHOLD_GPU_MAX = 3;

    private static final int SENSOR_GPU = 0;
    private static final int CLOCK_OF_APPLICATION = 1;
    private static final int STATE_UNKNOWN = 32;

    private final NativeFunction temperatureSigned;
    private final NativeFunction temperaturePlain;
    private final NativeFunction margin;
    private final NativeFunction threshold;
    private final NativeFunction power;
    private final NativeFunction requestedLimit;
    private final NativeFunction enforcedLimit;
    private final NativeFunction defaultLimit;
    private final NativeFunction limitRange;
    private final NativeFunction energy;
    private final NativeFunction clock;
    private final NativeFunction maxClock;
    private final NativeFunction anyClock;
    private final NativeFunction performanceState;
    private final NativeFunction eventReasons;
    private final NativeFunction supportedEventReasons;
    private final NativeFunction fanCount;
    private final NativeFunction fanSpeed;
    private final NativeFunction fanRpm;

    private final Struct temperatureStruct;
    private final int temperatureWordAt;
    private final int sensorAt;
    private final int temperatureAt;
    private final Struct marginStruct;
    private final int marginWordAt;
    private final int marginAt;
    private final Struct fanStruct;
    private final int fanWordAt;
    private final int fanAt;
    private final int rpmAt;
    private final Scratch scratch = new Scratch(64);
    private final Scratch range = new Scratch(16);
    private int rangeCode = NvmlReturn.UNINITIALIZED.code();

    Sensors(BoundLibrary library) {
        temperatureSigned = library.function("nvmlDeviceGetTemperatureV", Shape.LL);
        temperaturePlain = library.function("nvmlDeviceGetTemperature", Shape.LIL);
        margin = library.function("nvmlDeviceGetMarginTemperature", Shape.LL);
        threshold = library.function("nvmlDeviceGetTemperatureThreshold", Shape.LIL);
        power = library.function("nvmlDeviceGetPowerUsage", Shape.LL);
        requestedLimit = library.function("nvmlDeviceGetPowerManagementLimit", Shape.LL);
        enforcedLimit = library.function("nvmlDeviceGetEnforcedPowerLimit", Shape.LL);
        defaultLimit = library.function("nvmlDeviceGetPowerManagementDefaultLimit", Shape.LL);
        limitRange = library.function("nvmlDeviceGetPowerManagementLimitConstraints", Shape.LLL);
        energy = library.function("nvmlDeviceGetTotalEnergyConsumption", Shape.LL);
        clock = library.function("nvmlDeviceGetClockInfo", Shape.LIL);
        maxClock = library.function("nvmlDeviceGetMaxClockInfo", Shape.LIL);
        anyClock = library.function("nvmlDeviceGetClock", Shape.LIIL);
        performanceState = library.function("nvmlDeviceGetPerformanceState", Shape.LL);
        eventReasons = library.function("nvmlDeviceGetCurrentClocksEventReasons", Shape.LL);
        supportedEventReasons = library.function("nvmlDeviceGetSupportedClocksEventReasons", Shape.LL);
        fanCount = library.function("nvmlDeviceGetNumFans", Shape.LL);
        fanSpeed = library.function("nvmlDeviceGetFanSpeed_v2", Shape.LIL);
        fanRpm = library.function("nvmlDeviceGetFanSpeedRPM", Shape.LL);
        temperatureStruct = library.struct("nvmlTemperature_v1_t");
        temperatureWordAt = temperatureStruct.offsetOfInt("version");
        sensorAt = temperatureStruct.offsetOfInt("sensorType");
        temperatureAt = temperatureStruct.offsetOfInt("temperature");
        marginStruct = library.struct("nvmlMarginTemperature_v1_t");
        marginWordAt = marginStruct.offsetOfInt("version");
        marginAt = marginStruct.offsetOfInt("marginTemperature");
        fanStruct = library.struct("nvmlFanSpeedInfo_v1_t");
        fanWordAt = fanStruct.offsetOfInt("version");
        fanAt = fanStruct.offsetOfInt("fan");
        rpmAt = fanStruct.offsetOfInt("speed");
    }

    /** By the newer function, and by the older one where that is missing. */
    public long temperatureCelsius(GpuHandle gpu) {
        if (!temperatureSigned.isAbsent()) {
            scratch.setInt(temperatureWordAt, temperatureStruct.versionWord());
            scratch.setInt(sensorAt, SENSOR_GPU);
            int code = temperatureSigned.call(gpu.address(), scratch.at(0));
            if (!NvmlReturn.asksForOlder(code)) {
                int celsius = scratch.getInt(temperatureAt);
                return celsius == -1 ? Answer.ofUnsigned(code, celsius) : Answer.of(code, celsius);
            }
        }
        return numberOf(temperaturePlain, gpu, SENSOR_GPU);
    }

    /** Degrees left before the clocks are slowed down; negative beyond that, so -1 is a value and not a blank. */
    public long marginCelsius(GpuHandle gpu) {
        scratch.setInt(marginWordAt, marginStruct.versionWord());
        int code = margin.call(gpu.address(), scratch.at(0));
        return Answer.of(code, scratch.getInt(marginAt));
    }

    public long thresholdCelsius(GpuHandle gpu, int which) {
        return numberOf(threshold, gpu, which);
    }

    public long powerMilliwatts(GpuHandle gpu) {
        return number(power, gpu);
    }

    public long enforcedPowerLimitMilliwatts(GpuHandle gpu) {
        return number(enforcedLimit, gpu);
    }

    public long requestedPowerLimitMilliwatts(GpuHandle gpu) {
        return number(requestedLimit, gpu);
    }

    public long defaultPowerLimitMilliwatts(GpuHandle gpu) {
        return number(defaultLimit, gpu);
    }

    /** Reads {@link #lowestPowerLimitMilliwatts} and {@link #highestPowerLimitMilliwatts}. */
    public int powerLimitRange(GpuHandle gpu) {
        rangeCode = limitRange.call(gpu.address(), range.at(0), range.at(8));
        return rangeCode;
    }

    public long lowestPowerLimitMilliwatts() {
        return Answer.ofUnsigned(rangeCode, range.getInt(0));
    }

    public long highestPowerLimitMilliwatts() {
        return Answer.ofUnsigned(rangeCode, range.getInt(8));
    }

    /** Since the driver was loaded: it falls to 0 when that happens again. */
    public long energyMillijoules(GpuHandle gpu) {
        return longNumber(energy, gpu);
    }

    public long clockMegahertz(GpuHandle gpu, int domain) {
        return numberOf(clock, gpu, domain);
    }

    public long maxClockMegahertz(GpuHandle gpu, int domain) {
        return numberOf(maxClock, gpu, domain);
    }

    /** The clock that an operator asked for. */
    public long applicationClockMegahertz(GpuHandle gpu, int domain) {
        int code = anyClock.call(gpu.address(), domain, CLOCK_OF_APPLICATION, scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }

    /** 0 fastest to 15 slowest. */
    public long performanceState(GpuHandle gpu) {
        long state = number(performanceState, gpu);
        return state == STATE_UNKNOWN ? Answer.BLANK : state;
    }

    /** One bit for each reason that holds the clocks down now. */
    public long clockEventReasons(GpuHandle gpu) {
        return longNumber(eventReasons, gpu);
    }

    public long supportedClockEventReasons(GpuHandle gpu) {
        return longNumber(supportedEventReasons, gpu);
    }

    /** 0, or not supported, where the board is cooled by its host. */
    public long fanCount(GpuHandle gpu) {
        return number(fanCount, gpu);
    }

    /** The speed that is wanted; may pass 100. */
    public long fanPercent(GpuHandle gpu, int fan) {
        return numberOf(fanSpeed, gpu, fan);
    }

    public long fanRpm(GpuHandle gpu, int fan) {
        scratch.setInt(fanWordAt, fanStruct.versionWord());
        scratch.setInt(fanAt, fan);
        int code = fanRpm.call(gpu.address(), scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(rpmAt));
    }

    private long number(NativeFunction function, GpuHandle gpu) {
        int code = function.call(gpu.address(), scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }

    private long numberOf(NativeFunction function, GpuHandle gpu, int which) {
        int code = function.call(gpu.address(), which, scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }

    private long longNumber(NativeFunction function, GpuHandle gpu) {
        int code = function.call(gpu.address(), scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getLong(0));
    }
}
