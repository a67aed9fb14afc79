/**
 * The web page: what is seen of everything, and done about it, in a browser?
 *
 * <p>Takes a request of a signed-in visitor, asks the API with the rights of the visitor's key, and gives HTML made from a
 * template. Never reads the store by itself, never shows anything as markup that came from outside, and never puts script or
 * style into a document (the Content-Security-Policy forbids both).
 *
 * <h2>Adding a page</h2>
 *
 * <ol>
 *   <li>Its first path segment is in {@code nexus.access.browser.PagePaths}.
 *   <li>A room {@code page.<noun>} (in RoomsTest and in the README's table, importing {@code page}) has a class
 *       <pre>{@code
 *   @Singleton
 *   final class ThingPages {
 *       void add(@Observes PageRoutes routes) {
 *           routes.get("/things", this::list);                    // anyone who may read
 *           routes.post("/things/:id/retry", this::retry);        // only who may manage: checked before, as is the origin
 *       }
 *
 *       private Future<PageReply> list(PageRequest request) {
 *           return request.api().get("/v1/things?limit=50")       // never a query by itself: what the API gives
 *                   .map(answer -> PageReply.of("things", Map.of("things", answer.orRefuse())));
 *       }
 *
 *       private Future<PageReply> retry(PageRequest request) {
 *           return request.api().post("/v1/things/" + request.encoded("id") + "/retry")
 *                   .map(answer -> PageReply.done(answer, "Retried.", "/things"));
 *       }
 *   }}</pre>
 *   <li>Its template is {@code src/main/resources/page/things.html}, named in {@code Templates.NAMES} and in
 *       {@code layout.html}'s navigation if it belongs there. It includes {@code layout} (title, current entry, body). JSON of the
 *       API arrives as maps, lists, texts and numbers; {@code Formats} lists what they can be followed by: {@code .time},
 *       {@code .count}, {@code .bytes}, {@code .seconds}, {@code .ms}, {@code .percent}, {@code .json}, {@code .encoded}. All text is
 *       escaped; never use {@code .raw}.
 *   <li>A part that stays up to date is a fragment whose root element has the fragment's name as id:
 *       <pre>{@code
 *   {#fragment id=things}
 *   <section id="things" hx-get="{request.url}" hx-trigger="tick from:body" hx-swap="outerHTML">…</section>
 *   {/fragment}}</pre>
 *       A request of htmx whose target is that id gets the fragment alone, from the same handler. {@code tick} is raised in the
 *       browser by the server-sent events of {@code /live}. Use it for small lists; {@code tick throttle:10s from:body} for costly ones.
 *       Elements that the keyboard walks through (j, k, Enter, r) have the class {@code item}; their first link opens on Enter,
 *       and the button with {@code data-key="r"} is pressed by r.
 *   <li>An action is a form with method post, without htmx; the answer is a redirect that shows a message. With
 *       {@code data-confirm="…"} it asks first. No token is needed in it: a POST has to come from a page of this origin.
 * </ol>
 */
@NullMarked
package nexus.page;

import org.jspecify.annotations.NullMarked;
