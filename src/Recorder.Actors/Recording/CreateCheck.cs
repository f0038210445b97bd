using Recorder.Actors.Capture;
using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>Checks whether a recorder can be created (W3C MediaStream Recording, constructor): its source, target, options and MIME type.</summary>
internal static class CreateCheck
{
    /// <summary>Finds the first reason why the recorder cannot be created.</summary>
    /// <returns>A sentence that names what is wrong and what is allowed; null when nothing is.</returns>
    public static string? Find(RecordersProtocol.Create create) =>
        FindArgument(create)
            ?? (create.Options.MimeType is { Length: > 0 } type ? MediaSupport.Explain(type) : null)
            ?? (SourceUri.TryParse(create.Source, out _, out var error) ? null : error);

    /// <summary>Finds the first argument that no recorder can have; WebIDL's TypeError.</summary>
    public static string? FindArgument(RecordersProtocol.Create create) =>
        string.IsNullOrWhiteSpace(create.Source) ? "No source was given; name one, for example test: or rtsp://camera/stream."
            : create.Options is not { } options ? "No options were given; give new RecorderOptions() for the defaults."
            : create.Target is not { } target ? "No target was given; name a folder or a file."
            : OptionsCheck.Find(options) ?? FindTarget(target, options);

    private static string? FindTarget(RecordingTarget target, RecorderOptions options) =>
        (target.Folder, target.File) switch
        {
            (null or "", null or "") => "The target names neither a folder nor a file; name one of the two.",
            (_, "") => "The target's file is empty; name one, or leave it out to record into the folder.",
            var (folder, file) when folder?.Contains('\0') == true || file?.Contains('\0') == true =>
                "The target's path contains a null character; remove it.",
            (_, { } file) when Path.EndsInDirectorySeparator(file) =>
                $"The target file '{file}' is a folder; give it as the target's folder, or name a file.",
            (_, not null) when options is { ExtentDuration: not null } or { ExtentBytes: not null } =>
                "A single file cannot be split into extents; record into a folder or leave out the extent options.",
            _ => null,
        };
}
