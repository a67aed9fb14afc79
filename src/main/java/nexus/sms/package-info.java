/**
 * What is sent to a telephone, and what do the answers of a provider of text messages mean?
 *
 * <p>Takes a parcel, gives a request for the room that sends over HTTP. Never opens a connection.
 */
@NullMarked
package nexus.sms;

import org.jspecify.annotations.NullMarked;
