/** A patient's way through the client that @hey-api/openapi-ts makes. */
import { readFileSync } from "node:fs";
import { client } from "./out/hey-api/client.gen";
import { bookAppointment, getDocument, getSlotsOfDay, logIn, uploadDocument } from "./out/hey-api";

const given = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing`);
  return value;
};
/** The document once the server has looked at its file. */
const checked = async (id: string) => {
  for (let tries = 0; tries < 60; tries += 1) {
    const { data: document } = await getDocument({ path: { doc_id: id }, throwOnError: true });
    if (document.upload_status !== "pending") return document;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("the document is still pending");
};

const pdf = readFileSync(given("PDF"));
const doctor = Number(given("DOCTOR"));
const day = given("DAY");

client.setConfig({ baseUrl: given("URL"), throwOnError: true });
const login = { contact: Number(given("CONTACT")), password: given("PASSWORD") };
const { data: tokens } = await logIn({ body: login, throwOnError: true });
client.setConfig({ auth: () => tokens.access });
const { data: free } = await getSlotsOfDay({ path: { doctor_id: doctor }, query: { date: day }, throwOnError: true });
const [time] = free.available_slots;
if (!time) throw new Error("no slot is free");
const booking = { doctor, appointment_date: day, appointment_time: time };
const { data: appointment } = await bookAppointment({ body: booking, throwOnError: true });

// This client announces a document as JSON, and posts the file to where the answer says.
const announced = { title: "CBC Report", document_type: "lab_report" as const, file_name: "cbc.pdf", file_size: pdf.length };
const { data: made } = await uploadDocument({ body: announced, throwOnError: true });
if (!made.upload) throw new Error("nothing says where the file goes");
const form = new FormData();
for (const [name, value] of Object.entries(made.upload.fields)) form.append(name, value);
form.append("file", new Blob([pdf], { type: "application/pdf" }));
const sent = await fetch(made.upload.url, { method: "POST", body: form });
if (!sent.ok) throw new Error(`the upload answered ${sent.status}`);

const read = await checked(made.id);
if (!read.file) throw new Error("the document has no file");
const fetched = Buffer.from(await (await fetch(read.file)).arrayBuffer());
if (!fetched.equals(pdf)) throw new Error("the file is another one");
console.log(`booked ${appointment.appointment_time}, read ${read.title}`);
