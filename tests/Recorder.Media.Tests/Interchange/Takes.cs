using System.Collections.Immutable;
using System.Text;
using Recorder.Contracts;
using Recorder.Media.Interchange;

namespace Recorder.Media.Tests.Interchange;

/// <summary>Takes to write.</summary>
internal static class Takes
{
    public static readonly Uri Folder = new("file:///media/day%201/12A/");

    private static readonly string[] OddTexts =
    [
        "clap", "", "a \"quoted\" <name> & more", "Größe — 日本語 🎬", "pipe | pipe", "line one\nline two", "\u0001control\uFFFE", "half \uD83C pair", "]]> --> %41 \\", "   ",
    ];

    /// <summary>Every rate that time code has, and those with drop-frame counting once more.</summary>
    public static IEnumerable<(TimeCodeRate Rate, bool DropFrame)> Countings =>
        TimeCodeRate.All.SelectMany(rate => rate.CanDropFrames ? new[] { (rate, false), (rate, true) } : [(rate, false)]);

    /// <summary>Two angles at 25 frames per second from 10:20:30:00; B begins 8 frames later and has a hole.</summary>
    public static EditTake Example() => new()
    {
        Name = "12A take 3",
        Project = "Harbour",
        Scene = "12A",
        Shot = "B",
        Take = 3,
        Notes = "Best <so far>\nKeep",
        Rating = EditRating.Circled,
        Start = At("10:20:30:00"),
        Frames = 15_000,
        Angles =
        [
            new()
            {
                Name = "A",
                CameraId = "cam-1",
                CameraName = "Main & close",
                Reel = "A001",
                FileName = "12A3 #1_A.mov",
                Start = At("10:20:30:00"),
                Frames = 15_000,
                Width = 1920,
                Height = 1080,
                Sound = new AngleSound(2, 48_000),
                LargestShift = TimeSpan.FromMilliseconds(7.25),
                Holes = [new AngleHole(9_000, 10, "the network lost packets", IsBlack: true)],
            },
            new()
            {
                Name = "B",
                Reel = "B001",
                FileName = "wide/12A3_B.mov",
                Start = At("10:20:30:08"),
                Frames = 14_992,
                Width = 640,
                Height = 360,
                Holes = [new AngleHole(4_000, 100, "the camera was away", IsBlack: false)],
            },
        ],
        Marks =
        [
            new EditMark(125, "clap", MarkColour.Red, "heard"),
            new EditMark(2_000, "look", MarkColour.Sand, Frames: 50, Angle: "B"),
            new EditMark(4_050, "while B was away", MarkColour.Cream, Angle: "B"),
        ],
    };

    /// <summary>A take of a few seconds to three hours with 1 to 30 angles, each with its own beginning, end and holes, and up to 40 marks.</summary>
    public static EditTake Random(int seed, TimeCodeRate rate, bool dropFrame)
    {
        var random = new Random(seed);
        var start = TimeCode.At(random.NextInt64(EditTake.DayOf(TimeCode.At(0, rate, dropFrame))), rate, dropFrame);
        if (random.Next(4) == 0)
            start = TimeCode.At(-random.Next(1, 20 * rate.Nominal), rate, dropFrame);

        var frames = random.NextInt64(10, 10_800L * rate.Nominal);
        var angles = Enumerable.Range(0, random.Next(1, 31)).Select(index => Angle(random, index, start, frames)).ToImmutableArray();
        return new EditTake
        {
            Name = $"take {OddText(random)}",
            Project = OddText(random),
            Scene = OddText(random),
            Take = random.Next(200),
            Notes = OddText(random),
            Rating = (EditRating)random.Next(4),
            Start = start,
            Frames = frames,
            Angles = angles,
            Marks = [.. Enumerable.Range(0, random.Next(41)).Select(index => Mark(random, index, frames, angles))],
        };
    }

    public static string Otio(EditTake take) => Text(stream => OtioWriter.Write(take, stream));

    public static string Fcpxml(EditTake take) => Text(stream => FcpxmlWriter.Write(take, Folder, stream));

    public static string Edl(EditTake take, int part = 0)
    {
        var text = new StringWriter();
        MarkerEdlWriter.Write(take, text, part);
        return text.ToString();
    }

    public static string Text(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(stream.ToArray());
    }

    public static TimeCode At(string text) => At(text, TimeCodeRate.Find(25)!.Value);

    public static TimeCode At(string text, TimeCodeRate rate)
    {
        TimeCode.TryParse(text, rate, out var timeCode).ShouldBeTrue(text);
        return timeCode;
    }

    private static EditAngle Angle(Random random, int index, TimeCode start, long frames)
    {
        var shift = random.Next(3) == 0 ? 0 : random.NextInt64(Math.Min(frames, 500));
        var length = random.NextInt64(1, frames - shift + 1);
        return new EditAngle
        {
            Name = $"{(char)('A' + index % 26)}{(index < 26 ? "" : "2")}",
            CameraId = OddText(random),
            CameraName = OddText(random),
            Reel = OddText(random),
            FileName = $"{(random.Next(2) == 0 ? "a folder/" : "")}{index}: 100% #{index}?&<Ü🎬>.mov",
            Start = start.Add(shift),
            Frames = length,
            Width = random.Next(2) == 0 ? 1920 : 640,
            Height = 360,
            Sound = random.Next(2) == 0 ? new AngleSound(random.Next(1, 9), random.Next(2) == 0 ? 48_000 : 8_000) : null,
            Holes = Holes(random, length),
        };
    }

    private static ImmutableArray<AngleHole> Holes(Random random, long length)
    {
        var holes = ImmutableArray.CreateBuilder<AngleHole>();
        var at = random.NextInt64(length);
        for (var left = random.Next(4); left > 0 && at < length - 1; left--)
        {
            var frames = random.Next(4) == 0 ? length - at : random.NextInt64(1, Math.Max(2, (length - at) / 2));

            // A hole may follow another at once, stand at the very beginning and at the very end, but not be all there is.
            if (at > 0 || frames < length)
                holes.Add(new AngleHole(at, frames, OddText(random), random.Next(2) == 0));
            at += frames + (random.Next(2) == 0 ? 0 : random.NextInt64(length));
        }

        return holes.Sum(hole => hole.Frames) < length ? holes.ToImmutable() : [];
    }

    private static EditMark Mark(Random random, int index, long frames, ImmutableArray<EditAngle> angles)
    {
        var at = random.NextInt64(frames);
        return new EditMark(
            at,
            $"{index} {OddText(random)}",
            (MarkColour)random.Next(11),
            OddText(random),
            random.Next(2) == 0 ? 1 : random.NextInt64(1, frames - at + 1),
            random.Next(2) == 0 ? angles[random.Next(angles.Length)].Name : null);
    }

    private static string OddText(Random random) => OddTexts[random.Next(OddTexts.Length)];
}
