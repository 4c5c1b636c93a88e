import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.LocalDate;
import java.util.Arrays;
import org.openapitools.client.ApiClient;
import org.openapitools.client.api.AppointmentsApi;
import org.openapitools.client.api.DoctorsApi;
import org.openapitools.client.api.DocumentsApi;
import org.openapitools.client.api.UsersApi;
import org.openapitools.client.model.BookAppointment;
import org.openapitools.client.model.DocumentType;
import org.openapitools.client.model.LoginRequest;

/** A patient's way through the client that openapi-generator makes for Java. */
public final class Journey {
  public static void main(String[] arguments) throws Exception {
    var client = new ApiClient();
    client.updateBaseUri(given("URL"));
    var login = new LoginRequest().contact(Long.valueOf(given("CONTACT"))).password(given("PASSWORD"));
    var access = new UsersApi(client).logIn(login).getAccess();
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + access));

    var doctor = Long.valueOf(given("DOCTOR"));
    var day = LocalDate.parse(given("DAY"));
    var free = new DoctorsApi(client).getSlotsOfDay(doctor, day, null).getAvailableSlots();
    var booking = new BookAppointment().doctor(doctor).appointmentDate(day).appointmentTime(free.get(0));
    var appointment = new AppointmentsApi(client).bookAppointment(booking, null);

    var pdf = new File(given("PDF"));
    var documents = new DocumentsApi(client);
    var made = documents.uploadDocument("CBC Report", DocumentType.LAB_REPORT, pdf, null, null, null, null, null);
    var read = documents.getDocument(made.getId());
    var request = HttpRequest.newBuilder(URI.create(read.getFile().toString())).build();
    var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (!Arrays.equals(answer.body(), Files.readAllBytes(pdf.toPath()))) {
      throw new IllegalStateException("the file is another one");
    }
    System.out.println("booked " + appointment.getAppointmentTime() + ", read " + read.getTitle());
  }

  private static String given(String name) {
    return System.getenv(name);
  }
}
