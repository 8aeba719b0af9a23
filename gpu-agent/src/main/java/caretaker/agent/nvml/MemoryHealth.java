package caretaker.agent.nvml;

/** Errors in a GPU's memories, and what was taken out of use because of them. */
public final class MemoryHealth {
    public static final int CORRECTED = 0;
    public static final int UNCORRECTED = 1;

    /** Since the driver was loaded. */
    public static final int VOLATILE = 0;
    /** For the life of the board. */
    public static final int AGGREGATE = 1;

    /** The places of memory errors run from 0 to here: L1, L2, DRAM, register, texture, shared texture, CBU, SRAM. */
    public static final int LAST_LOCATION = 7;

    private static final int NOT_READ = NvmlReturn.UNINITIALIZED.code();

    private final NativeFunction eccMode;
    private final NativeFunction totalErrors;
    private final NativeFunction errors;
    private final NativeFunction sram;
    private final NativeFunction retiredPending;
    private final NativeFunction remappedRowsPlain;
    private final NativeFunction remappedRowsSplit;
    private final NativeFunction histogram;
    private final NativeFunction repair;
    private final NativeFunction unrepairable;

    private final Struct sramStruct;
    private final Struct histogramStruct;
    private final Struct repairStruct;
    private final Scratch scratch = new Scratch(128);
    private final Scratch modes = new Scratch(16);
    private int modesCode = NOT_READ;
    private final Scratch rows = new Scratch(32);
    private final int[] splitAt;
    private boolean rowsAreSplit;
    private int rowsCode = NOT_READ;
    private final Scratch banks;
    private int banksCode = NOT_READ;
    private final Scratch repairs;
    private int repairsCode = NOT_READ;

    MemoryHealth(BoundLibrary library) {
        eccMode = library.function("nvmlDeviceGetEccMode", Shape.LLL);
        totalErrors = library.function("nvmlDeviceGetTotalEccErrors", Shape.LIIL);
        errors = library.function("nvmlDeviceGetMemoryErrorCounter", Shape.LIIIL);
        sram = library.function("nvmlDeviceGetSramEccErrorStatus", Shape.LL);
        retiredPending = library.function("nvmlDeviceGetRetiredPagesPendingStatus", Shape.LL);
        remappedRowsPlain = library.function("nvmlDeviceGetRemappedRows", Shape.LLLLL);
        remappedRowsSplit = library.function("nvmlDeviceGetRemappedRows_v2", Shape.LL);
        Struct split = library.struct("nvmlRemappedRowsInfo_v2_t");
        splitAt = new int[] {
            split.offsetOfInt("corrActiveRemaps"),
            split.offsetOfInt("uncActiveRemaps"),
            split.offsetOfInt("bPending"),
            split.offsetOfInt("bFailureOccurred"),
            split.offsetOfInt("corrInactiveRemaps"),
            split.offsetOfInt("uncInactiveRemaps")
        };
        histogram = library.function("nvmlDeviceGetRowRemapperHistogram", Shape.LL);
        repair = library.function("nvmlDeviceGetRepairStatus", Shape.LL);
        unrepairable = library.function("nvmlDeviceGetUnrepairableMemoryFlag_v1", Shape.LL);
        sramStruct = library.struct("nvmlEccSramErrorStatus_v1_t");
        histogramStruct = library.struct("nvmlRowRemapperHistogramValues_t");
        repairStruct = library.struct("nvmlRepairStatus_v1_t");
        banks = new Scratch(histogramStruct.size());
        repairs = new Scratch(repairStruct.size());
    }

    /** Reads {@link #eccMode} and {@link #eccModePending}. */
    public int eccModes(GpuHandle gpu) {
        modesCode = eccMode.call(gpu.address(), modes.at(0), modes.at(8));
        return modesCode;
    }

    public long eccMode() {
        return Answer.ofUnsigned(modesCode, modes.getInt(0));
    }

    public long eccModePending() {
        return Answer.ofUnsigned(modesCode, modes.getInt(8));
    }

    public long totalErrors(GpuHandle gpu, int kind, int counter) {
        int code = totalErrors.call(gpu.address(), kind, counter, scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getLong(0));
    }

    /** Not every GPU counts at every location. */
    public long errors(GpuHandle gpu, int kind, int counter, int location) {
        int code = errors.call(gpu.address(), kind, counter, location, scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getLong(0));
    }

    /** 1 once the uncorrectable errors of the SRAM have passed the maker's limit. Needs root. */
    public long sramThresholdExceeded(GpuHandle gpu) {
        scratch.setInt(sramStruct.offsetOfInt("version"), sramStruct.versionWord());
        int code = sram.call(gpu.address(), scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(sramStruct.offsetOfInt("bThresholdExceeded")));
    }

    public long retiredPagesPending(GpuHandle gpu) {
        return number(retiredPending, gpu);
    }

    /**
     * Reads {@link #remappedCorrectable} and those after it. Not supported while MIG instances live. A driver without
     * the newer form does not tell the inactive ones.
     */
    public int remappedRows(GpuHandle gpu) {
        rowsCode = remappedRowsSplit.call(gpu.address(), rows.at(0));
        rowsAreSplit = !NvmlReturn.asksForOlder(rowsCode);
        if (!rowsAreSplit) {
            rowsCode = remappedRowsPlain.call(gpu.address(), rows.at(0), rows.at(8), rows.at(16), rows.at(24));
        }
        return rowsCode;
    }

    public long remappedCorrectable() {
        return row(0);
    }

    public long remappedUncorrectable() {
        return row(1);
    }

    public long remapPending() {
        return row(2);
    }

    public long remapFailure() {
        return row(3);
    }

    /** Rows that are remapped from the next reset on. */
    public long inactiveCorrectable() {
        return row(4);
    }

    /** The same for uncorrectable errors. */
    public long inactiveUncorrectable() {
        return row(5);
    }

    private long row(int which) {
        if (!rowsAreSplit && which > 3 && rowsCode == 0) {
            return Answer.failed(NvmlReturn.NOT_SUPPORTED.code());
        }
        return Answer.ofUnsigned(rowsCode, rows.getInt(rowsAreSplit ? splitAt[which] : 8L * Math.min(which, 3)));
    }

    /** Reads how many banks have how many spare rows left: {@link #banksMax} and the four after it. */
    public int rowRemapBanks(GpuHandle gpu) {
        banksCode = histogram.call(gpu.address(), banks.at(0));
        return banksCode;
    }

    public long banksMax() {
        return bank("max");
    }

    public long banksHigh() {
        return bank("high");
    }

    public long banksPartial() {
        return bank("partial");
    }

    public long banksLow() {
        return bank("low");
    }

    public long banksNone() {
        return bank("none");
    }

    private long bank(String field) {
        return Answer.ofUnsigned(banksCode, banks.getInt(histogramStruct.offsetOfInt(field)));
    }

    /** Reads {@link #channelRepairPending} and {@link #tpcRepairPending}. */
    public int repairs(GpuHandle gpu) {
        repairs.setInt(repairStruct.offsetOfInt("version"), repairStruct.versionWord());
        repairsCode = repair.call(gpu.address(), repairs.at(0));
        return repairsCode;
    }

    public long channelRepairPending() {
        return Answer.ofUnsigned(repairsCode, repairs.getInt(repairStruct.offsetOfInt("bChannelRepairPending")));
    }

    public long tpcRepairPending() {
        return Answer.ofUnsigned(repairsCode, repairs.getInt(repairStruct.offsetOfInt("bTpcRepairPending")));
    }

    /** 1 when memory can't be mended. */
    public long unrepairable(GpuHandle gpu) {
        return number(unrepairable, gpu);
    }

    private long number(NativeFunction function, GpuHandle gpu) {
        int code = function.call(gpu.address(), scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }
}
