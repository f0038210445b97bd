using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Recorder.Contracts;

namespace Recorder.Media.Interchange;

/// <summary>Writes what an export has: every file with its length and hash, the slate, and of each angle when it begins and what it lacks.</summary>
internal static class ManifestWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="files">All files of the export but the manifest; those of the angles must be among them.</param>
    /// <param name="output">Gets UTF-8.</param>
    /// <exception cref="EditTakeException">
    /// The take has a problem of <see cref="EditTakeCheck"/>, an angle's file is not among the files, or a hash is no SHA-256.
    /// </exception>
    public static void Write(EditTake take, ImmutableArray<ManifestFile> files, Stream output)
    {
        EditTakeCheck.Require(take);
        Check(take, files);
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        Slate(json, take);
        Rate(json, take.Start.Rate);
        json.WriteBoolean("dropFrame", take.Start.IsDropFrame);
        json.WriteString("startTimeCode", take.Start.ToString());
        Text(json, "timeCodeSource", take.TimeCodeSource);
        json.WriteNumber("frames", take.Frames);
        json.WriteBoolean("passesMidnight", take.PassesMidnight);

        json.WriteStartArray("angles");
        foreach (var angle in take.Angles)
            Angle(json, take, angle);
        json.WriteEndArray();

        json.WriteStartArray("marks");
        foreach (var mark in take.Marks.OrderBy(mark => mark.At))
            Mark(json, take, mark);
        json.WriteEndArray();

        json.WriteStartArray("files");
        foreach (var file in files)
        {
            json.WriteStartObject();
            Text(json, "name", file.Name);
            json.WriteNumber("bytes", file.Bytes);
            json.WriteString("sha256", file.Sha256.ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Rate(Utf8JsonWriter json, TimeCodeRate rate)
    {
        json.WriteStartObject("rate");
        json.WriteNumber("numerator", rate.Numerator);
        json.WriteNumber("denominator", rate.Denominator);
        json.WriteEndObject();
    }

    private static void Slate(Utf8JsonWriter json, EditTake take)
    {
        Text(json, "name", take.Name);
        json.WriteStartObject("slate");
        Text(json, "project", take.Project);
        Text(json, "scene", take.Scene);
        Text(json, "shot", take.Shot);
        json.WriteNumber("take", take.Take);
        json.WriteString("rating", JsonNamingPolicy.CamelCase.ConvertName(take.Rating.ToString()));
        Text(json, "notes", take.Notes);
        json.WriteEndObject();
    }

    private static void Angle(Utf8JsonWriter json, EditTake take, EditAngle angle)
    {
        json.WriteStartObject();
        Text(json, "angle", angle.Name);
        Text(json, "cameraId", angle.CameraId);
        Text(json, "cameraName", angle.CameraName);
        Text(json, "reel", angle.Reel);
        Text(json, "file", angle.FileName);
        json.WriteString("startTimeCode", angle.Start.ToString());
        Rate(json, angle.Start.Rate);
        json.WriteNumber("offsetFrames", take.OffsetOf(angle.Start));
        json.WriteNumber("frames", angle.Frames);
        json.WriteNumber("largestShiftMs", Math.Round((decimal)angle.LargestShift.TotalMilliseconds, 3));
        json.WriteNumber("width", angle.Width);
        json.WriteNumber("height", angle.Height);
        if (angle.Sound is { } sound)
        {
            json.WriteStartObject("sound");
            json.WriteNumber("channels", sound.Channels);
            json.WriteNumber("sampleRate", sound.SampleRate);
            json.WriteEndObject();
        }
        else
            json.WriteNull("sound");

        if (angle.Encoding is { } encoding)
        {
            json.WriteStartObject("encoded");
            Text(json, "codec", encoding.Codec);
            json.WriteNumber("quality", encoding.Quality);
            json.WriteNumber("cameraRate", Math.Round((decimal)encoding.CameraRate, 3));
            json.WriteNumber("repeatedFrames", encoding.Repeated);
            json.WriteNumber("droppedFrames", encoding.Dropped);
            json.WriteEndObject();
        }

        json.WriteStartArray("holes");
        foreach (var hole in angle.Holes)
        {
            json.WriteStartObject();
            json.WriteNumber("at", hole.At);
            json.WriteNumber("frames", hole.Frames);
            json.WriteString("timeCode", angle.Start.Add(hole.At).ToString());
            Text(json, "reason", hole.Reason);
            json.WriteBoolean("black", hole.IsBlack);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Mark(Utf8JsonWriter json, EditTake take, EditMark mark)
    {
        json.WriteStartObject();
        json.WriteNumber("at", mark.At);
        json.WriteString("timeCode", take.Start.Add(mark.At).ToString());
        json.WriteNumber("frames", mark.Frames);
        Text(json, "name", mark.Name);
        json.WriteString("colour", JsonNamingPolicy.CamelCase.ConvertName(mark.Colour.ToString()));
        Text(json, "note", mark.Note);
        if (mark.Angle is { } angle)
            Text(json, "angle", angle);
        else
            json.WriteNull("angle");

        json.WriteEndObject();
    }

    private static void Check(EditTake take, ImmutableArray<ManifestFile> files)
    {
        foreach (var file in files.Where(file => file.Sha256.Length != 64 || !file.Sha256.All(char.IsAsciiHexDigit)))
            throw new EditTakeException(EditProblemKind.BadHash, $"File '{file.Name}': '{file.Sha256}' is no SHA-256; give 64 hexadecimal digits.");

        var named = files.Select(file => file.Name).ToHashSet();
        foreach (var angle in take.Angles.Where(angle => !named.Contains(angle.FileName)))
        {
            throw new EditTakeException(
                EditProblemKind.MissingHash, $"Angle {angle.Name}: the file '{angle.FileName}' is not among those of the manifest; hash it first.");
        }
    }

    private static void Text(Utf8JsonWriter json, string name, string text) => json.WriteString(name, CleanText.Lines(text));
}
