using Recorder.Actors;
using Recorder.Contracts;

await using var runtime = RecorderRuntime.Start();
await using var recorder = await MediaRecorder.CreateAsync(
    runtime, "test:?size=320x240", new RecorderOptions { MimeType = "video/mp4" }, new RecordingTarget("recordings"));
await recorder.Start(timeslice: TimeSpan.FromMilliseconds(500), duration: TimeSpan.FromSeconds(2));
await foreach (var blob in recorder.Blobs())
{
    Console.WriteLine($"{blob.MediaTime:g}: {blob.Size} bytes of {blob.Type} in {blob.Path} from {blob.Offset} on");
}
