package caretaker.contracts;

import static caretaker.contracts.Column.Quantity.BYTES;
import static caretaker.contracts.Column.Quantity.BYTES_PER_SECOND;
import static caretaker.contracts.Column.Quantity.CELSIUS;
import static caretaker.contracts.Column.Quantity.CHOICE;
import static caretaker.contracts.Column.Quantity.CODE;
import static caretaker.contracts.Column.Quantity.COUNT;
import static caretaker.contracts.Column.Quantity.FLAG;
import static caretaker.contracts.Column.Quantity.LINK;
import static caretaker.contracts.Column.Quantity.MASK;
import static caretaker.contracts.Column.Quantity.MEGAHERTZ;
import static caretaker.contracts.Column.Quantity.MILLIJOULES;
import static caretaker.contracts.Column.Quantity.MILLIONTHS;
import static caretaker.contracts.Column.Quantity.MILLIPERCENT;
import static caretaker.contracts.Column.Quantity.MILLIWATTS;
import static caretaker.contracts.Column.Quantity.NANOSECONDS;
import static caretaker.contracts.Column.Quantity.PERCENT;
import static caretaker.contracts.Column.Quantity.PSTATE;
import static caretaker.contracts.Column.Tier.EVENT;
import static caretaker.contracts.Column.Tier.FAST;
import static caretaker.contracts.Column.Tier.OPT_IN;
import static caretaker.contracts.Column.Tier.RARE;
import static caretaker.contracts.Column.Tier.SLOW;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One number of a GPU reading: a field of the {@code Gpu} message and what it becomes in Prometheus.
 *
 * <p>A value travels as the integer the driver gives (milliwatts, megahertz, ...); multiplied by {@link #scale} it is
 * in the base unit of its {@link Metric}. Outside the range of its {@link Quantity} it is a blank or nonsense: writers
 * leave it out and count it, readers drop it and count it. Field numbers are the wire: never change or reuse one.
 */
public enum Column implements WireField {
    // spotless:off
    UTILIZATION_PERCENTAGE(10, Metric.UTILIZATION_PERCENTAGE, FAST, PERCENT),
    MEMORY_UTILIZATION_PERCENTAGE(11, Metric.MEMORY_UTILIZATION_PERCENTAGE, FAST, PERCENT),
    MEMORY_USED_BYTES(12, Metric.MEMORY_USED_BYTES, FAST, BYTES),
    TEMPERATURE_CELSIUS(13, Metric.TEMPERATURE_CELSIUS, FAST, CELSIUS),
    POWER_DRAW_MILLIWATTS(14, Metric.POWER_DRAW_WATTS, FAST, MILLIWATTS),
    ENERGY_MILLIJOULES(15, Metric.ENERGY_JOULES_TOTAL, FAST, MILLIJOULES),
    MEMORY_TOTAL_BYTES(16, Metric.MEMORY_TOTAL_BYTES, FAST, BYTES),
    MEMORY_FREE_BYTES(17, Metric.MEMORY_FREE_BYTES, FAST, BYTES),
    MEMORY_RESERVED_BYTES(18, Metric.MEMORY_RESERVED_BYTES, FAST, BYTES),
    MEMORY_TEMPERATURE_CELSIUS(19, Metric.MEMORY_TEMPERATURE_CELSIUS, FAST, CELSIUS),
    TEMPERATURE_MARGIN_CELSIUS(20, Metric.TEMPERATURE_MARGIN_CELSIUS, FAST, CELSIUS),
    POWER_DRAW_INSTANT_MILLIWATTS(21, Metric.POWER_DRAW_INSTANT_WATTS, FAST, MILLIWATTS),
    POWER_DRAW_MAX_MILLIWATTS(22, Metric.POWER_DRAW_MAX_WATTS, FAST, MILLIWATTS),
    UTILIZATION_MAX_PERCENTAGE(23, Metric.UTILIZATION_MAX_PERCENTAGE, FAST, PERCENT),
    UTILIZATION_MIN_PERCENTAGE(24, Metric.UTILIZATION_MIN_PERCENTAGE, FAST, PERCENT),
    UTILIZATION_AVERAGE_MILLIPERCENT(25, Metric.UTILIZATION_AVERAGE_PERCENTAGE, FAST, MILLIPERCENT),
    ENCODER_UTILIZATION_PERCENTAGE(26, Metric.ENCODER_UTILIZATION_PERCENTAGE, FAST, PERCENT),
    DECODER_UTILIZATION_PERCENTAGE(27, Metric.DECODER_UTILIZATION_PERCENTAGE, FAST, PERCENT),
    CLOCK_GRAPHICS_MEGAHERTZ(28, Metric.CLOCK_HERTZ, FAST, MEGAHERTZ, "domain=graphics"),
    CLOCK_SM_MEGAHERTZ(29, Metric.CLOCK_HERTZ, FAST, MEGAHERTZ, "domain=sm"),
    CLOCK_MEMORY_MEGAHERTZ(30, Metric.CLOCK_HERTZ, FAST, MEGAHERTZ, "domain=memory"),
    CLOCK_VIDEO_MEGAHERTZ(31, Metric.CLOCK_HERTZ, FAST, MEGAHERTZ, "domain=video"),
    PERFORMANCE_STATE(32, Metric.PERFORMANCE_STATE, FAST, PSTATE),
    CLOCK_EVENT_REASONS(33, Metric.CLOCK_EVENT_ACTIVE, FAST, MASK),
    CLOCK_EVENT_REASONS_SUPPORTED(34, Metric.CLOCK_EVENT_ACTIVE, FAST, MASK),
    CLOCK_EVENT_POWER_NANOSECONDS(35, Metric.CLOCK_EVENT_SECONDS_TOTAL, FAST, NANOSECONDS, "reason=power"),
    CLOCK_EVENT_THERMAL_NANOSECONDS(36, Metric.CLOCK_EVENT_SECONDS_TOTAL, FAST, NANOSECONDS, "reason=thermal"),
    CLOCK_EVENT_SYNC_BOOST_NANOSECONDS(37, Metric.CLOCK_EVENT_SECONDS_TOTAL, FAST, NANOSECONDS, "reason=sync_boost"),
    CLOCK_EVENT_BOARD_LIMIT_NANOSECONDS(38, Metric.CLOCK_EVENT_SECONDS_TOTAL, FAST, NANOSECONDS, "reason=board_limit"),
    CLOCK_EVENT_LOW_UTILIZATION_NANOSECONDS(39, Metric.CLOCK_EVENT_SECONDS_TOTAL, FAST, NANOSECONDS, "reason=low_utilization"),
    CLOCK_EVENT_RELIABILITY_NANOSECONDS(40, Metric.CLOCK_EVENT_SECONDS_TOTAL, FAST, NANOSECONDS, "reason=reliability"),
    CLOCK_EVENTS_GPU_IDLE(41, Metric.CLOCK_EVENTS_TOTAL, FAST, COUNT, "reason=gpu_idle"),
    CLOCK_EVENTS_APPLICATIONS_CLOCKS(42, Metric.CLOCK_EVENTS_TOTAL, FAST, COUNT, "reason=applications_clocks"),
    CLOCK_EVENTS_SW_POWER_CAP(43, Metric.CLOCK_EVENTS_TOTAL, FAST, COUNT, "reason=sw_power_cap"),
    CLOCK_EVENTS_HW_SLOWDOWN(44, Metric.CLOCK_EVENTS_TOTAL, FAST, COUNT, "reason=hw_slowdown"),
    CLOCK_EVENTS_SYNC_BOOST(45, Metric.CLOCK_EVENTS_TOTAL, FAST, COUNT, "reason=sync_boost"),
    CLOCK_EVENTS_SW_THERMAL(46, Metric.CLOCK_EVENTS_TOTAL, FAST, COUNT, "reason=sw_thermal"),
    CLOCK_EVENTS_HW_THERMAL(47, Metric.CLOCK_EVENTS_TOTAL, FAST, COUNT, "reason=hw_thermal"),
    CLOCK_EVENTS_HW_POWER_BRAKE(48, Metric.CLOCK_EVENTS_TOTAL, FAST, COUNT, "reason=hw_power_brake"),
    CLOCK_EVENTS_DISPLAY_CLOCK(49, Metric.CLOCK_EVENTS_TOTAL, FAST, COUNT, "reason=display_clock"),
    PCIE_TRANSMIT_BYTES(50, Metric.PCIE_TRANSMIT_BYTES_TOTAL, FAST, COUNT),
    PCIE_RECEIVE_BYTES(51, Metric.PCIE_RECEIVE_BYTES_TOTAL, FAST, COUNT),
    RECOVERY_ACTION(52, Metric.RECOVERY_ACTION, FAST, CHOICE),
    JPEG_UTILIZATION_PERCENTAGE(60, Metric.JPEG_UTILIZATION_PERCENTAGE, SLOW, PERCENT),
    OFA_UTILIZATION_PERCENTAGE(61, Metric.OFA_UTILIZATION_PERCENTAGE, SLOW, PERCENT),
    BAR1_MEMORY_USED_BYTES(62, Metric.BAR1_MEMORY_USED_BYTES, SLOW, BYTES),
    BAR1_MEMORY_TOTAL_BYTES(63, Metric.BAR1_MEMORY_TOTAL_BYTES, SLOW, BYTES),
    POWER_LIMIT_ENFORCED_MILLIWATTS(64, Metric.POWER_LIMIT_WATTS, SLOW, MILLIWATTS, "kind=enforced"),
    POWER_LIMIT_REQUESTED_MILLIWATTS(65, Metric.POWER_LIMIT_WATTS, SLOW, MILLIWATTS, "kind=requested"),
    POWER_LIMIT_DEFAULT_MILLIWATTS(66, Metric.POWER_LIMIT_WATTS, SLOW, MILLIWATTS, "kind=default"),
    POWER_LIMIT_MIN_MILLIWATTS(67, Metric.POWER_LIMIT_WATTS, SLOW, MILLIWATTS, "kind=min"),
    POWER_LIMIT_MAX_MILLIWATTS(68, Metric.POWER_LIMIT_WATTS, SLOW, MILLIWATTS, "kind=max"),
    CLOCK_APPLICATION_GRAPHICS_MEGAHERTZ(69, Metric.CLOCK_APPLICATION_HERTZ, SLOW, MEGAHERTZ, "domain=graphics"),
    CLOCK_APPLICATION_SM_MEGAHERTZ(70, Metric.CLOCK_APPLICATION_HERTZ, SLOW, MEGAHERTZ, "domain=sm"),
    CLOCK_APPLICATION_MEMORY_MEGAHERTZ(71, Metric.CLOCK_APPLICATION_HERTZ, SLOW, MEGAHERTZ, "domain=memory"),
    CLOCK_APPLICATION_VIDEO_MEGAHERTZ(72, Metric.CLOCK_APPLICATION_HERTZ, SLOW, MEGAHERTZ, "domain=video"),
    PCIE_REPLAYS(73, Metric.PCIE_REPLAYS_TOTAL, SLOW, COUNT),
    PCIE_ERRORS_CORRECTABLE(74, Metric.PCIE_ERRORS_TOTAL, SLOW, COUNT, "type=correctable"),
    PCIE_ERRORS_NAKS_RECEIVED(75, Metric.PCIE_ERRORS_TOTAL, SLOW, COUNT, "type=naks_received"),
    PCIE_ERRORS_RECEIVER(76, Metric.PCIE_ERRORS_TOTAL, SLOW, COUNT, "type=receiver"),
    PCIE_ERRORS_BAD_TLP(77, Metric.PCIE_ERRORS_TOTAL, SLOW, COUNT, "type=bad_tlp"),
    PCIE_ERRORS_NAKS_SENT(78, Metric.PCIE_ERRORS_TOTAL, SLOW, COUNT, "type=naks_sent"),
    PCIE_ERRORS_BAD_DLLP(79, Metric.PCIE_ERRORS_TOTAL, SLOW, COUNT, "type=bad_dllp"),
    PCIE_ERRORS_NON_FATAL(80, Metric.PCIE_ERRORS_TOTAL, SLOW, COUNT, "type=non_fatal"),
    PCIE_ERRORS_FATAL(81, Metric.PCIE_ERRORS_TOTAL, SLOW, COUNT, "type=fatal"),
    PCIE_ERRORS_UNSUPPORTED_REQUEST(82, Metric.PCIE_ERRORS_TOTAL, SLOW, COUNT, "type=unsupported_request"),
    PCIE_ERRORS_LCRC(83, Metric.PCIE_ERRORS_TOTAL, SLOW, COUNT, "type=lcrc"),
    PCIE_ERRORS_LANE(84, Metric.PCIE_ERRORS_TOTAL, SLOW, COUNT, "type=lane"),
    PCIE_LINK_GENERATION(85, Metric.PCIE_LINK_GENERATION, SLOW, LINK),
    PCIE_LINK_WIDTH(86, Metric.PCIE_LINK_WIDTH, SLOW, LINK),
    ECC_MODE_CURRENT(87, Metric.ECC_MODE, SLOW, FLAG, "when=current"),
    ECC_MODE_PENDING(88, Metric.ECC_MODE, SLOW, FLAG, "when=pending"),
    ECC_ERRORS_CORRECTED_VOLATILE(89, Metric.ECC_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=volatile"),
    ECC_ERRORS_CORRECTED_AGGREGATE(90, Metric.ECC_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=aggregate"),
    ECC_ERRORS_UNCORRECTED_VOLATILE(91, Metric.ECC_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=volatile"),
    ECC_ERRORS_UNCORRECTED_AGGREGATE(92, Metric.ECC_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=aggregate"),
    ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_L1(93, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=volatile", "location=l1"),
    ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_L2(94, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=volatile", "location=l2"),
    ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_DRAM(95, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=volatile", "location=dram"),
    ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_REGISTER(96, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=volatile", "location=register"),
    ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_TEXTURE(97, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=volatile", "location=texture"),
    ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_TEXTURE_SHM(98, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=volatile", "location=texture_shm"),
    ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_CBU(99, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=volatile", "location=cbu"),
    ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_SRAM(100, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=volatile", "location=sram"),
    ECC_MEMORY_ERRORS_CORRECTED_AGGREGATE_L1(101, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=aggregate", "location=l1"),
    ECC_MEMORY_ERRORS_CORRECTED_AGGREGATE_L2(102, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=aggregate", "location=l2"),
    ECC_MEMORY_ERRORS_CORRECTED_AGGREGATE_DRAM(103, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=aggregate", "location=dram"),
    ECC_MEMORY_ERRORS_CORRECTED_AGGREGATE_REGISTER(104, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=aggregate", "location=register"),
    ECC_MEMORY_ERRORS_CORRECTED_AGGREGATE_TEXTURE(105, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=aggregate", "location=texture"),
    ECC_MEMORY_ERRORS_CORRECTED_AGGREGATE_TEXTURE_SHM(106, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=aggregate", "location=texture_shm"),
    ECC_MEMORY_ERRORS_CORRECTED_AGGREGATE_CBU(107, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=aggregate", "location=cbu"),
    ECC_MEMORY_ERRORS_CORRECTED_AGGREGATE_SRAM(108, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=corrected", "scope=aggregate", "location=sram"),
    ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_L1(109, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=volatile", "location=l1"),
    ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_L2(110, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=volatile", "location=l2"),
    ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_DRAM(111, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=volatile", "location=dram"),
    ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_REGISTER(112, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=volatile", "location=register"),
    ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_TEXTURE(113, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=volatile", "location=texture"),
    ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_TEXTURE_SHM(114, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=volatile", "location=texture_shm"),
    ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_CBU(115, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=volatile", "location=cbu"),
    ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_SRAM(116, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=volatile", "location=sram"),
    ECC_MEMORY_ERRORS_UNCORRECTED_AGGREGATE_L1(117, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=aggregate", "location=l1"),
    ECC_MEMORY_ERRORS_UNCORRECTED_AGGREGATE_L2(118, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=aggregate", "location=l2"),
    ECC_MEMORY_ERRORS_UNCORRECTED_AGGREGATE_DRAM(119, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=aggregate", "location=dram"),
    ECC_MEMORY_ERRORS_UNCORRECTED_AGGREGATE_REGISTER(120, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=aggregate", "location=register"),
    ECC_MEMORY_ERRORS_UNCORRECTED_AGGREGATE_TEXTURE(121, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=aggregate", "location=texture"),
    ECC_MEMORY_ERRORS_UNCORRECTED_AGGREGATE_TEXTURE_SHM(122, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=aggregate", "location=texture_shm"),
    ECC_MEMORY_ERRORS_UNCORRECTED_AGGREGATE_CBU(123, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=aggregate", "location=cbu"),
    ECC_MEMORY_ERRORS_UNCORRECTED_AGGREGATE_SRAM(124, Metric.ECC_MEMORY_ERRORS_TOTAL, SLOW, COUNT, "type=uncorrected", "scope=aggregate", "location=sram"),
    SRAM_ECC_THRESHOLD_EXCEEDED(125, Metric.SRAM_ECC_THRESHOLD_EXCEEDED, SLOW, FLAG),
    RETIRED_PAGES_SINGLE_BIT(126, Metric.RETIRED_PAGES, SLOW, COUNT, "cause=single_bit"),
    RETIRED_PAGES_DOUBLE_BIT(127, Metric.RETIRED_PAGES, SLOW, COUNT, "cause=double_bit"),
    RETIRED_PAGES_PENDING(128, Metric.RETIRED_PAGES_PENDING, SLOW, FLAG),
    REMAPPED_ROWS_CORRECTABLE(129, Metric.REMAPPED_ROWS, SLOW, COUNT, "type=correctable"),
    REMAPPED_ROWS_UNCORRECTABLE(130, Metric.REMAPPED_ROWS, SLOW, COUNT, "type=uncorrectable"),
    ROW_REMAP_PENDING(131, Metric.ROW_REMAP_PENDING, SLOW, FLAG),
    ROW_REMAP_FAILURE(132, Metric.ROW_REMAP_FAILURE, SLOW, FLAG),
    ROW_REMAP_BANKS_MAX(133, Metric.ROW_REMAP_BANKS, SLOW, COUNT, "availability=max"),
    ROW_REMAP_BANKS_HIGH(134, Metric.ROW_REMAP_BANKS, SLOW, COUNT, "availability=high"),
    ROW_REMAP_BANKS_PARTIAL(135, Metric.ROW_REMAP_BANKS, SLOW, COUNT, "availability=partial"),
    ROW_REMAP_BANKS_LOW(136, Metric.ROW_REMAP_BANKS, SLOW, COUNT, "availability=low"),
    ROW_REMAP_BANKS_NONE(137, Metric.ROW_REMAP_BANKS, SLOW, COUNT, "availability=none"),
    MEMORY_UNREPAIRABLE(138, Metric.MEMORY_UNREPAIRABLE, SLOW, FLAG),
    REPAIR_PENDING_CHANNEL(139, Metric.REPAIR_PENDING, SLOW, FLAG, "kind=channel"),
    REPAIR_PENDING_TPC(140, Metric.REPAIR_PENDING, SLOW, FLAG, "kind=tpc"),
    PERSISTENCE_MODE(141, Metric.PERSISTENCE_MODE, SLOW, FLAG),
    COMPUTE_MODE(142, Metric.COMPUTE_MODE, SLOW, CHOICE),
    TEMPERATURE_THRESHOLD_SHUTDOWN_CELSIUS(150, Metric.TEMPERATURE_THRESHOLD_CELSIUS, RARE, CELSIUS, "threshold=shutdown"),
    TEMPERATURE_THRESHOLD_SLOWDOWN_CELSIUS(151, Metric.TEMPERATURE_THRESHOLD_CELSIUS, RARE, CELSIUS, "threshold=slowdown"),
    TEMPERATURE_THRESHOLD_MEM_MAX_CELSIUS(152, Metric.TEMPERATURE_THRESHOLD_CELSIUS, RARE, CELSIUS, "threshold=mem_max"),
    TEMPERATURE_THRESHOLD_GPU_MAX_CELSIUS(153, Metric.TEMPERATURE_THRESHOLD_CELSIUS, RARE, CELSIUS, "threshold=gpu_max"),
    CLOCK_MAX_GRAPHICS_MEGAHERTZ(154, Metric.CLOCK_MAX_HERTZ, RARE, MEGAHERTZ, "domain=graphics"),
    CLOCK_MAX_SM_MEGAHERTZ(155, Metric.CLOCK_MAX_HERTZ, RARE, MEGAHERTZ, "domain=sm"),
    CLOCK_MAX_MEMORY_MEGAHERTZ(156, Metric.CLOCK_MAX_HERTZ, RARE, MEGAHERTZ, "domain=memory"),
    CLOCK_MAX_VIDEO_MEGAHERTZ(157, Metric.CLOCK_MAX_HERTZ, RARE, MEGAHERTZ, "domain=video"),
    PCIE_LINK_GENERATION_MAX(158, Metric.PCIE_LINK_GENERATION_MAX, RARE, LINK),
    PCIE_LINK_WIDTH_MAX(159, Metric.PCIE_LINK_WIDTH_MAX, RARE, LINK),
    INFOROM_VALID(160, Metric.INFOROM_VALID, RARE, FLAG),
    PCIE_TRANSMIT_BYTES_PER_SECOND(161, Metric.PCIE_TRANSMIT_BYTES_PER_SECOND, OPT_IN, BYTES_PER_SECOND),
    PCIE_RECEIVE_BYTES_PER_SECOND(162, Metric.PCIE_RECEIVE_BYTES_PER_SECOND, OPT_IN, BYTES_PER_SECOND),
    SM_ACTIVE_MILLIONTHS(163, Metric.SM_ACTIVE_RATIO, OPT_IN, MILLIONTHS),
    SM_OCCUPANCY_MILLIONTHS(164, Metric.SM_OCCUPANCY_RATIO, OPT_IN, MILLIONTHS),
    GRAPHICS_ENGINE_ACTIVE_MILLIONTHS(165, Metric.GRAPHICS_ENGINE_ACTIVE_RATIO, OPT_IN, MILLIONTHS),
    TENSOR_ACTIVE_MILLIONTHS(166, Metric.TENSOR_ACTIVE_RATIO, OPT_IN, MILLIONTHS),
    FP64_ACTIVE_MILLIONTHS(167, Metric.FP64_ACTIVE_RATIO, OPT_IN, MILLIONTHS),
    FP32_ACTIVE_MILLIONTHS(168, Metric.FP32_ACTIVE_RATIO, OPT_IN, MILLIONTHS),
    FP16_ACTIVE_MILLIONTHS(169, Metric.FP16_ACTIVE_RATIO, OPT_IN, MILLIONTHS),
    INTEGER_ACTIVE_MILLIONTHS(170, Metric.INTEGER_ACTIVE_RATIO, OPT_IN, MILLIONTHS),
    TENSOR_DFMA_ACTIVE_MILLIONTHS(171, Metric.TENSOR_DFMA_ACTIVE_RATIO, OPT_IN, MILLIONTHS),
    TENSOR_HMMA_ACTIVE_MILLIONTHS(172, Metric.TENSOR_HMMA_ACTIVE_RATIO, OPT_IN, MILLIONTHS),
    TENSOR_IMMA_ACTIVE_MILLIONTHS(173, Metric.TENSOR_IMMA_ACTIVE_RATIO, OPT_IN, MILLIONTHS),
    DRAM_ACTIVE_MILLIONTHS(174, Metric.DRAM_ACTIVE_RATIO, OPT_IN, MILLIONTHS),
    PROFILED_PCIE_TRANSMIT_BYTES_PER_SECOND(175, Metric.PROFILED_PCIE_TRANSMIT_BYTES_PER_SECOND, OPT_IN, BYTES_PER_SECOND),
    PROFILED_PCIE_RECEIVE_BYTES_PER_SECOND(176, Metric.PROFILED_PCIE_RECEIVE_BYTES_PER_SECOND, OPT_IN, BYTES_PER_SECOND),
    PROFILED_NVLINK_TRANSMIT_BYTES_PER_SECOND(177, Metric.PROFILED_NVLINK_TRANSMIT_BYTES_PER_SECOND, OPT_IN, BYTES_PER_SECOND),
    PROFILED_NVLINK_RECEIVE_BYTES_PER_SECOND(178, Metric.PROFILED_NVLINK_RECEIVE_BYTES_PER_SECOND, OPT_IN, BYTES_PER_SECOND),
    POWER_SMOOTHING_LIFETIME_MILLIONTHS(179, Metric.POWER_SMOOTHING_LIFETIME_RATIO, OPT_IN, MILLIONTHS),
    MIG_MODE_CURRENT(180, Metric.MIG_MODE, SLOW, FLAG, "when=current"),
    MIG_MODE_PENDING(181, Metric.MIG_MODE, SLOW, FLAG, "when=pending"),
    MIG_INSTANCES(182, Metric.MIG_INSTANCES, SLOW, COUNT),
    PROCESSES_COMPUTE(183, Metric.PROCESSES, SLOW, COUNT, "type=compute"),
    PROCESSES_GRAPHICS(184, Metric.PROCESSES, SLOW, COUNT, "type=graphics"),
    PROCESSES_MPS(185, Metric.PROCESSES, SLOW, COUNT, "type=mps"),
    FABRIC_STATE(186, Metric.FABRIC_STATE, SLOW, CHOICE),
    FABRIC_HEALTH_DEGRADED_BANDWIDTH(187, Metric.FABRIC_HEALTH, SLOW, FLAG, "check=degraded_bandwidth"),
    FABRIC_HEALTH_ROUTE_RECOVERY(188, Metric.FABRIC_HEALTH, SLOW, FLAG, "check=route_recovery"),
    FABRIC_HEALTH_ROUTE_UNHEALTHY(189, Metric.FABRIC_HEALTH, SLOW, FLAG, "check=route_unhealthy"),
    FABRIC_HEALTH_ACCESS_TIMEOUT_RECOVERY(190, Metric.FABRIC_HEALTH, SLOW, FLAG, "check=access_timeout_recovery"),
    FABRIC_HEALTH_INCORRECT_CONFIGURATION(191, Metric.FABRIC_HEALTH, SLOW, FLAG, "check=incorrect_configuration"),
    NVLINK_ACTIVE(192, Metric.NVLINK_ACTIVE, SLOW, COUNT),
    NVLINK_EXPECTED(193, Metric.NVLINK_EXPECTED, RARE, COUNT),
    EVENTS_ECC_SINGLE(194, Metric.EVENTS_TOTAL, EVENT, COUNT, "type=ecc_single"),
    EVENTS_ECC_DOUBLE(195, Metric.EVENTS_TOTAL, EVENT, COUNT, "type=ecc_double"),
    EVENTS_PSTATE(196, Metric.EVENTS_TOTAL, EVENT, COUNT, "type=pstate"),
    EVENTS_CLOCK(197, Metric.EVENTS_TOTAL, EVENT, COUNT, "type=clock"),
    EVENTS_MIG_CONFIG(198, Metric.EVENTS_TOTAL, EVENT, COUNT, "type=mig_config"),
    EVENTS_ECC_STORM(199, Metric.EVENTS_TOTAL, EVENT, COUNT, "type=ecc_storm"),
    EVENTS_DRAM_RETIREMENT(200, Metric.EVENTS_TOTAL, EVENT, COUNT, "type=dram_retirement"),
    EVENTS_POISON(201, Metric.EVENTS_TOTAL, EVENT, COUNT, "type=poison"),
    EVENTS_UNAVAILABLE(202, Metric.EVENTS_TOTAL, EVENT, COUNT, "type=unavailable"),
    EVENTS_RECOVERY_ACTION(203, Metric.EVENTS_TOTAL, EVENT, COUNT, "type=recovery_action"),
    XID_LAST(204, Metric.XID_LAST, EVENT, CODE),
    /** What DCGM has as one number for all links; where links have numbers of their own, these are absent. */
    NVLINK_ERRORS_REPLAY_ALL(205, Metric.NVLINK_ERRORS_TOTAL, SLOW, COUNT, "link=all", "type=replay"),
    NVLINK_ERRORS_RECOVERY_ALL(206, Metric.NVLINK_ERRORS_TOTAL, SLOW, COUNT, "link=all", "type=recovery"),
    NVLINK_ERRORS_CRC_FLIT_ALL(207, Metric.NVLINK_ERRORS_TOTAL, SLOW, COUNT, "link=all", "type=crc_flit"),
    NVLINK_ERRORS_CRC_DATA_ALL(208, Metric.NVLINK_ERRORS_TOTAL, SLOW, COUNT, "link=all", "type=crc_data"),
    C2C_ERRORS_REPLAY_ALL(209, Metric.C2C_ERRORS_TOTAL, SLOW, COUNT, "link=all", "type=replay"),
    C2C_ERRORS_REPLAY_BACK_TO_BACK_ALL(210, Metric.C2C_ERRORS_TOTAL, SLOW, COUNT, "link=all", "type=replay_back_to_back"),
    REMAPPED_ROWS_INACTIVE_CORRECTABLE(211, Metric.REMAPPED_ROWS_INACTIVE, SLOW, COUNT, "type=correctable"),
    REMAPPED_ROWS_INACTIVE_UNCORRECTABLE(212, Metric.REMAPPED_ROWS_INACTIVE, SLOW, COUNT, "type=uncorrectable"),
    TEMPERATURE_THRESHOLD_MARGIN_SHUTDOWN_CELSIUS(213, Metric.TEMPERATURE_THRESHOLD_MARGIN_CELSIUS, RARE, CELSIUS, "threshold=shutdown"),
    TEMPERATURE_THRESHOLD_MARGIN_SLOWDOWN_CELSIUS(214, Metric.TEMPERATURE_THRESHOLD_MARGIN_CELSIUS, RARE, CELSIUS, "threshold=slowdown"),
    TEMPERATURE_THRESHOLD_MARGIN_MEM_MAX_CELSIUS(215, Metric.TEMPERATURE_THRESHOLD_MARGIN_CELSIUS, RARE, CELSIUS, "threshold=mem_max"),
    TEMPERATURE_THRESHOLD_MARGIN_GPU_MAX_CELSIUS(216, Metric.TEMPERATURE_THRESHOLD_MARGIN_CELSIUS, RARE, CELSIUS, "threshold=gpu_max");
    // spotless:on

    /** What kind of number travels, its factor to the base unit, and the range outside of which it is nonsense. */
    public enum Quantity {
        PERCENT(1, 0, 100),
        MILLIPERCENT(1e-3, 0, 100_000),
        CELSIUS(1, -200, 300),
        MILLIWATTS(1e-3, 0, 100_000_000),
        MILLIJOULES(1e-3, 0, 1L << 60),
        MEGAHERTZ(1e6, 0, 100_000),
        NANOSECONDS(1e-9, 0, 1L << 60),
        /** Up to 16 TiB: no GPU memory or window is larger. */
        BYTES(1, 0, 1L << 44),
        /** Up to 2^60, which leaves out 2^64-1 and its neighbours that drivers use as blanks. */
        COUNT(1, 0, 1L << 60),
        FLAG(1, 0, 1),
        /** 0 fastest to 15 slowest; the driver's 32 means unknown. */
        PSTATE(1, 0, 15),
        /** PCIe generation or lanes. */
        LINK(1, 0, 64),
        /** Up to 2^50, a petabyte a second. */
        BYTES_PER_SECOND(1, 0, 1L << 50),
        MEGABYTES_PER_SECOND(1e6, 0, 1_000_000_000),
        /** A ratio of 0 to 1. */
        MILLIONTHS(1e-6, 0, 1_000_000),
        MILLISECONDS(1e-3, 0, 1L << 50),
        /** A share of its top speed that a fan is asked for; it may pass 100. */
        FAN_PERCENT(1, 0, 300),
        RPM(1, 0, 100_000),
        /** The number of an error. */
        CODE(1, 0, 1_000_000),
        /** As the driver gives it: {@code (value >> 8) * 10^-(value & 255)}, so nothing is lost. */
        MANTISSA_EXPONENT(1, 0, 0xFFF),
        /** One of an enumeration: the metric has one series per state, and the state whose number it is is 1. */
        CHOICE(1, 0, 63),
        /** Bits: the metric has one series per supported bit. */
        MASK(1, 0, (1L << 62) - 1);

        private final double scale;
        private final long min;
        private final long max;

        /** Factor from the travelling integer to the metric's base unit. */
        public double scale() {
            return scale;
        }

        /** Least value that can be true. */
        public long min() {
            return min;
        }

        /** Greatest value that can be true. */
        public long max() {
            return max;
        }

        /** Whether a value can be true. */
        public boolean accepts(long value) {
            return value >= min && value <= max;
        }

        Quantity(double scale, long min, long max) {
            this.scale = scale;
            this.min = min;
            this.max = max;
        }
    }

    /** How often an agent reads it. */
    public enum Tier {
        /** Every interval, 1 s by default. */
        FAST,
        /** Every 30 s by default. */
        SLOW,
        /** At the start, every hour, and when the driver or the set of GPUs has changed. */
        RARE,
        /** Only where the agent's settings ask for it. */
        OPT_IN,
        /** When it happens. */
        EVENT
    }

    private static final Column[] BY_FIELD = byField();

    /** One more than the highest field number. */
    static final int FIELDS = BY_FIELD.length;

    private final int field;
    private final Metric metric;
    private final Tier tier;
    private final Quantity quantity;
    private final long min; // of the quantity, here for the speed of readers
    private final long max;
    private final List<String> labelValues;

    Column(int field, Metric metric, Tier tier, Quantity quantity, String... labelValues) {
        this.field = field;
        this.metric = metric;
        this.tier = tier;
        this.quantity = quantity;
        this.min = quantity.min;
        this.max = quantity.max;
        this.labelValues = List.of(labelValues);
    }

    @Override
    public int field() {
        return field;
    }

    @Override
    public String fieldName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Metric metric() {
        return metric;
    }

    public Tier tier() {
        return tier;
    }

    public Quantity quantity() {
        return quantity;
    }

    /** Fixed labels besides instance, gpu and uuid, each as {@code name=value}. */
    public List<String> labelValues() {
        return labelValues;
    }

    /** Factor from the travelling integer to the metric's base unit. */
    public double scale() {
        return quantity.scale;
    }

    /** Least value that can be true. */
    public long min() {
        return min;
    }

    /** Greatest value that can be true. */
    public long max() {
        return max;
    }

    /** Whether a value can be true. */
    public boolean accepts(long value) {
        return value >= min && value <= max;
    }

    /** The column of a field number, or null where this version knows none. */
    public static @Nullable Column ofField(int field) {
        return field >= 0 && field < BY_FIELD.length ? BY_FIELD[field] : null;
    }

    private static Column[] byField() {
        int last = 0;
        for (Column column : values()) {
            last = Math.max(last, column.field);
        }
        var byField = new Column[last + 1];
        for (Column column : values()) {
            byField[column.field] = column;
        }
        return byField;
    }
}
