package nexus.queue.owed;

import java.time.LocalDate;

/**
 * The primary key of a delivery in {@code owed}, and with the day also in {@code delivery}.
 *
 * @param day of its event, in UTC
 */
public record DeliveryKey(LocalDate day, int lane, int keySlice, long seq) {}
