using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Recorder.Media.Tests;

/// <summary>Runs the programs that check what was written.</summary>
internal static class Programs
{
    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}\n{error.GetAwaiter().GetResult()}");
        error.GetAwaiter().GetResult().ShouldBe("", $"{program} {string.Join(' ', arguments)}");
        return output;
    }

    public static JsonNode FFprobe(string path) =>
        JsonNode.Parse(Run("ffprobe", "-v", "error", "-count_packets", "-show_streams", "-show_format", "-of", "json", path))!;

    public static JsonArray MediaInfo(string path) => JsonNode.Parse(Run("mediainfo", "--Output=JSON", path))!["media"]!["track"]!.AsArray();

    /// <summary>Decodes the whole file. Any error message fails the spec.</summary>
    public static void ShouldDecode(string path) =>
        Run("ffmpeg", "-v", "error", "-xerror", "-nostdin", "-i", path, "-map", "0:v", "-map", "0:a?", "-f", "null", "-");
}
