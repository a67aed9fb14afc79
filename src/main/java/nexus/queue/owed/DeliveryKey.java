package nexus.queue.owed;

import java.time.LocalDate;

/**
 * Where a delivery is: the primary key of its row in {@code owed}, and with the day that in {@code delivery}.
 *
 * @param day of its event, in UTC
 */
public record DeliveryKey(LocalDate day, int lane, int keySlice, long seq) {}
