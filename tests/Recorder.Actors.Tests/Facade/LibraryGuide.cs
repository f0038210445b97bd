using Recorder.Actors;
using Recorder.Contracts;

// The code of docs/guide/library.md, compiled and run outside of Recorder's namespaces like a user's code.
namespace GuideOfALibrary;

internal static class LibraryGuide
{
    public static async Task RecordFiveSecondsAsync(string source, string folder, TextWriter console)
    {
        await using var runtime = RecorderRuntime.Start();
        await using var recorder = await MediaRecorder.CreateAsync(
            runtime, source, new RecorderOptions { MimeType = "video/mp4" }, new RecordingTarget(folder));
        await recorder.Start(timeslice: TimeSpan.FromSeconds(1), duration: TimeSpan.FromSeconds(5));
        await foreach (var blob in recorder.Blobs())
            console.WriteLine($"{blob.MediaTime:g}: {blob.Size} bytes of {blob.Type} in {blob.Path} from {blob.Offset} on");
    }

    public static async Task PauseAsync(MediaRecorder recorder, TextWriter errors)
    {
        try
        {
            await recorder.Pause();
        }
        catch (InvalidStateError error)
        {
            errors.WriteLine(error.Message);
        }
    }

    public static void Listen(MediaRecorder recorder, TextWriter console, TextWriter errors)
    {
        recorder.Started += (_, e) => console.WriteLine($"{e.Recording} as {e.MimeType}");
        recorder.DataAvailable += (_, e) => console.WriteLine($"{e.Timecode}: {e.Data.Size} bytes");
        recorder.Error += (_, e) => errors.WriteLine(e.Error.Message);
        recorder.Stopped += async (_, e) => await File.AppendAllTextAsync("done.txt", $"{e.Recording} {e.Reason} {e.Duration}\n");
    }

    public static async Task CopyAsync(MediaRecorder recorder, string file)
    {
        await using var copy = File.Create(file);
        await foreach (var blob in recorder.Blobs())
            await blob.CopyToAsync(copy);
    }

    public static long Read(Blob blob)
    {
        using var bytes = blob.OpenRead();
        using var tail = blob.Slice(-100).OpenRead();
        return bytes.Length - tail.Length;
    }
}
