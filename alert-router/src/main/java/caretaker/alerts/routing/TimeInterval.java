package caretaker.alerts.routing;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * Some minutes of some days. A time is in it if each list that is not empty has a range that the time is in.
 *
 * @param times minutes of the day
 * @param weekdays 0 is Sunday
 * @param daysOfMonth from 1; negative ones count from the month's end
 * @param months 1 is January
 * @param location whose clock and calendar count
 */
public record TimeInterval(
        List<Minutes> times,
        List<Span> weekdays,
        List<Span> daysOfMonth,
        List<Span> months,
        List<Span> years,
        ZoneId location) {
    public TimeInterval {
        times = List.copyOf(times);
        weekdays = List.copyOf(weekdays);
        daysOfMonth = List.copyOf(daysOfMonth);
        months = List.copyOf(months);
        years = List.copyOf(years);
    }

    /** From a minute of the day up to, without, another; 1440 is the day's end. */
    public record Minutes(int start, int end) {
        boolean contains(int minute) {
            return start <= minute && minute < end;
        }
    }

    /** From one number to another, both in it. */
    public record Span(int first, int last) {
        boolean contains(int number) {
            return first <= number && number <= last;
        }
    }

    public boolean contains(Instant instant) {
        ZonedDateTime time = instant.atZone(location);
        int minute = time.getHour() * 60 + time.getMinute();
        return (times.isEmpty() || times.stream().anyMatch(range -> range.contains(minute)))
                && in(weekdays, time.getDayOfWeek().getValue() % 7)
                && (daysOfMonth.isEmpty() || daysOfMonth.stream().anyMatch(range -> contains(range, time)))
                && in(months, time.getMonthValue())
                && in(years, time.getYear());
    }

    private static boolean in(List<Span> spans, int number) {
        return spans.isEmpty() || spans.stream().anyMatch(span -> span.contains(number));
    }

    private static boolean contains(Span days, ZonedDateTime time) {
        int length = time.toLocalDate().lengthOfMonth();
        int first = days.first() < 0 ? length + days.first() + 1 : days.first();
        int last = days.last() < 0 ? length + days.last() + 1 : days.last();
        return first <= length && new Span(first, Math.min(last, length)).contains(time.getDayOfMonth());
    }
}
