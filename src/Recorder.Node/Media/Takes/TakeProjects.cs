using System.Collections.Immutable;
using Recorder.Media.Export.Editing;
using Recorder.Media.Interchange;

namespace Recorder.Node.Media;

/// <summary>Writes what editors import beside the files of a take's angles, and the manifest.</summary>
internal sealed class TakeProjects(Take take, TakeTimeCode timeCode, string folder, TakeExportOptions options, ExportLedger ledger)
{
    // What a file system takes, less the longest ending: "_999.edl.part".
    private const int LongestName = 255 - 13;

    /// <param name="media">The files of the angles.</param>
    public List<ExportedFile> Write(IReadOnlyList<EditAngle> angles, IReadOnlyList<ManifestFile> media)
    {
        var (files, written) = (new List<ExportedFile>(), media.ToList());
        var edit = EditOf($"{take.Slate.Scene} take {take.Slate.Take}", angles);
        var file = SlateFile();
        Write($"{file}.otio", stream => OtioWriter.Write(edit, stream));
        Write($"{file}.fcpxml", stream => FcpxmlWriter.Write(edit, options.Folder ?? new Uri(Path.GetFullPath(folder) + Path.DirectorySeparatorChar), stream));
        for (var part = 0; edit.Marks.Length > 0 && part < MarkerEdlWriter.Parts(edit); part++)
        {
            var current = part;
            Write($"{file}{(part > 0 ? $"_{part + 1}" : "")}.edl", stream =>
            {
                using var text = new StreamWriter(stream, leaveOpen: true);
                MarkerEdlWriter.Write(edit, text, current);
            });
        }

        Write($"{file}.json", stream => ManifestWriter.Write(edit, [.. written], stream));
        return files;

        void Write(string name, Action<Stream> write)
        {
            if (files is [.., { IsOutOfRoom: true }])
                return;

            files.Add(WriteFile(name, write));
            if (files[^1] is { Problem: null } done)
                written.Add(new ManifestFile(name, done.Bytes, done.Sha256!));
        }
    }

    private ExportedFile WriteFile(string name, Action<Stream> write)
    {
        var path = Path.Combine(folder, name);
        var (part, isCreated) = (path + ".part", false);
        try
        {
            var replaces = options.Overwrite || ledger.Owns(name);
            if (!replaces && (File.Exists(path) || File.Exists(part)))
                return new ExportedFile(name, Problem: $"'{(File.Exists(path) ? path : part)}' already exists. Choose another name or allow overwriting.");

            ledger.Begin(name, "");
            using (var stream = new FileStream(part, FileMode.Create))
            {
                isCreated = true;
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(part, path, overwrite: true);
            return ExportedFile.Of(ledger.Complete(name, "", null));
        }
        catch (EditTakeException refused)
        {
            return new ExportedFile(name, Problem: refused.Message);
        }
        catch (EditExportException full)
        {
            return new ExportedFile(name, Problem: full.Message) { IsOutOfRoom = full.Error == EditError.DiskFull };
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return new ExportedFile(name, Problem: failed.Message) { IsOutOfRoom = VolumeFull.Is(failed) };
        }
        finally
        {
            if (isCreated)
                Remove(part);
        }
    }

    private static void Remove(string part)
    {
        try
        {
            File.Delete(part);
        }
        catch (Exception stays) when (stays is IOException or UnauthorizedAccessException)
        {
            // What went wrong first is told.
        }
    }

    private EditTake EditOf(string title, IReadOnlyList<EditAngle> all)
    {
        // Those of another rate are files, and cannot be on the timeline.
        var angles = all.Where(angle => angle.Start.Rate == timeCode.Rate && angle is { Width: > 0, Height: > 0 }).ToImmutableArray();
        var start = angles.Length == 0 ? timeCode.Of(take.At!.Value) : angles.MinBy(angle => timeCode.FramesFromMoment(angle.Start))!.Start;
        var length = angles.Length == 0 ? 0 : angles.Max(angle => timeCode.FramesFromMoment(angle.Start) - timeCode.FramesFromMoment(start) + angle.Frames);
        return new EditTake
        {
            Name = title,
            Project = take.Slate.Project,
            Scene = take.Slate.Scene,
            Shot = take.Slate.Shot,
            Take = take.Slate.Take,
            Notes = take.Slate.Notes,
            TimeCodeSource = take.TimeCodeSource == TimeCodeSource.Ltc ? $"ltc:{take.TimeCodeRecorder}" : "clock",
            Rating = take.Slate.Rating switch { TakeRating.Good => EditRating.Good, TakeRating.NoGood => EditRating.NoGood, TakeRating.Circled => EditRating.Circled, _ => EditRating.None },
            Start = start,
            Frames = length,
            Angles = angles,
            Marks =
            [
                // A mark that was made as the take began or ended is on the first or the last frame.
                .. take.Marks.Select(mark => new EditMark(
                    Math.Clamp(timeCode.Rate.FramesIn(mark.At - take.At!.Value) - timeCode.FramesFromMoment(start), 0, Math.Max(0, length - 1)), mark.Name, ColourOf(mark.Colour), mark.Note))
                    .OrderBy(mark => mark.At),
            ],
        };
    }

    // Of OpenTimelineIO's eleven colours, the nearest.
    private static MarkColour ColourOf(string? colour) => colour switch
    {
        null => MarkColour.Blue,
        "rose" => MarkColour.Pink,
        "lavender" => MarkColour.Purple,
        "sky" => MarkColour.Cyan,
        "mint" => MarkColour.Green,
        "lemon" => MarkColour.Yellow,
        _ => Enum.TryParse<MarkColour>(colour, ignoreCase: true, out var known) ? known : MarkColour.Blue,
    };

    private string SlateFile()
    {
        var project = take.Slate.Project.Length > 0 ? take.Slate.Project + "_" : "";
        var (name, number) = ($"{project}{take.Slate.Scene}", $"_{take.Slate.Take}");
        return Shorten(name, LongestName - number.Length) + number;
    }

    // The number tells takes of a scene apart, so it is the name that is cut, between characters.
    private static string Shorten(string name, int bytes)
    {
        var (length, size) = (0, 0);
        foreach (var rune in name.EnumerateRunes())
        {
            size += rune.Utf8SequenceLength;
            if (size > bytes)
                return name[..length];

            length += rune.Utf16SequenceLength;
        }

        return name;
    }
}
