/**
 * Who may do what, who did what, which types are there, and which settings are in force?
 *
 * <p>Takes keys, audit, types and settings from the API, gives a page for each; makes and deletes keys through the API. Never
 * keeps a key that was made: it is in the one document that answers.
 */
@NullMarked
package nexus.page.admin;

import org.jspecify.annotations.NullMarked;
