/**
 * What is posted to a channel of a chat product, and what do its answers mean?
 *
 * <p>Takes a parcel, gives a request for the room that sends over HTTP. Never opens a connection, and never lets a value of an
 * event become markup, a mention or a link.
 */
@NullMarked
package nexus.chat;

import org.jspecify.annotations.NullMarked;
