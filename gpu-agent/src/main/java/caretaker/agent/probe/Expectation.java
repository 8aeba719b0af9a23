package caretaker.agent.probe;

import caretaker.agent.containers.LostGpu;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;

/** What an answer must be for its program to be well. */
sealed interface Expectation {
    /** What an answer says of its program. */
    sealed interface Verdict {
        record Well() implements Verdict {}

        /** Not ready yet, and no failure as long as it may be starting. */
        record Starting(String reason) implements Verdict {}

        /**
         * It is not as it should be.
         *
         * @param elsewhere whether that says nothing of the program: nobody is there, or it is asked otherwise
         */
        record Bad(String reason, boolean elsewhere) implements Verdict {
            Bad(String reason) {
                this(reason, false);
            }
        }

        /** The program says that it cannot reach the GPUs. */
        record NoGpu(String reason) implements Verdict {}
    }

    Verdict WELL = new Verdict.Well();

    /** Judges an answer by its status and by its body, as far as that was read. */
    Verdict judge(int status, String body);

    /** Any status from 200 to 299; redirects are not followed, and are no success. */
    record Success() implements Expectation {
        @Override
        public Verdict judge(int status, String body) {
            return status >= 200 && status < 300 ? WELL : new Verdict.Bad("status " + status);
        }
    }

    record Status(int wanted) implements Expectation {
        @Override
        public Verdict judge(int status, String body) {
            return status == wanted ? WELL : new Verdict.Bad("status " + status + " instead of " + wanted);
        }
    }

    record Contains(String text) implements Expectation {
        @Override
        public Verdict judge(int status, String body) {
            if (status < 200 || status > 299) {
                return new Verdict.Bad("status " + status);
            }
            return body.contains(text) ? WELL : new Verdict.Bad("the expected text is not in the answer");
        }
    }

    /** Grafana's {@code /api/health} says whether its database answers. */
    record Grafana() implements Expectation {
        private static final Pattern DATABASE_OK = Pattern.compile("\"database\"\\s*:\\s*\"ok\"");

        @Override
        public Verdict judge(int status, String body) {
            if (status != 200) {
                return new Verdict.Bad("status " + status);
            }
            return DATABASE_OK.matcher(body).find() ? WELL : new Verdict.Bad("its database is not ok");
        }
    }

    /** Prometheus' {@code /-/ready}: 503 while it reads its write-ahead log, which can take minutes. */
    record Prometheus() implements Expectation {
        static final String READY = "/-/ready";
        private static final String HEALTHY = "/-/healthy";

        /** Where it says whether it lives, by where it says whether it is ready: both may be behind a prefix. */
        static String alive(String readyPath) {
            return readyPath.endsWith(READY)
                    ? readyPath.substring(0, readyPath.length() - READY.length()) + HEALTHY
                    : HEALTHY;
        }

        @Override
        public Verdict judge(int status, String body) {
            return switch (status) {
                case 200 -> WELL;
                case 503 -> new Verdict.Starting("status 503, it is not ready");
                default -> new Verdict.Bad("status " + status);
            };
        }
    }

    /**
     * A dcgm-exporter's {@code /metrics} has samples of each GPU that its container was given, and of one at least.
     *
     * @param given how many those are; 0 where that is not known
     * @param host GPUs that the host's driver lists; 0 where that is not known
     */
    record DcgmExporter(int given, IntSupplier host) implements Expectation {
        /** All that the host has. */
        static final int ALL = Integer.MAX_VALUE;

        /** The exporters of 2020 had short names. */
        private static final String NAME = "(?m)^(?:DCGM_FI_|dcgm_)\\w+";

        private static final Pattern SAMPLE = Pattern.compile(NAME + "[{ ]");

        /** Its own number of the GPU, which the samples of all its MIG devices have too. */
        private static final Pattern GPU = Pattern.compile(NAME + "\\{[^\\n]*?\\bgpu=\"(\\w+)\"");

        @Override
        public Verdict judge(int status, String body) {
            boolean hasSample = status == 200 && SAMPLE.matcher(body).find();
            if (!hasSample && LostGpu.isSaidBy(body)) { // a sample's own text may tell of errors that are over
                return new Verdict.NoGpu("status " + status + ", it says that NVML does not answer");
            }
            if (status != 200) {
                return new Verdict.Bad("status " + status);
            }
            if (!hasSample) {
                return new Verdict.NoGpu("it has no sample of a GPU");
            }
            int wanted = wanted();
            long found = GPU.matcher(body)
                    .results()
                    .map(sample -> sample.group(1))
                    .distinct()
                    .count();
            boolean isWhole = body.length() < Prober.MAX_BODY;
            return isWhole && found > 0 && found < wanted
                    ? new Verdict.Bad("it has samples of " + found + " GPUs of " + wanted)
                    : WELL;
        }

        private int wanted() {
            int present = host.getAsInt();
            if (present > 0) {
                return Math.min(given, present);
            }
            return given == ALL ? 0 : given;
        }
    }
}
