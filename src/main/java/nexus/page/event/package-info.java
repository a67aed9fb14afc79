/**
 * What happened: one event, and everything that happened to one row?
 *
 * <p>Takes ids and keys out of the address, asks the API, gives the pages Events, Event and Row. Never shows a payload as
 * anything but text.
 */
@NullMarked
package nexus.page.event;

import org.jspecify.annotations.NullMarked;
