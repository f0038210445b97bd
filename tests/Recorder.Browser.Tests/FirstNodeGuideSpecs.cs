using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace Recorder.Browser.Tests;

/// <summary>docs/guide/first-node.md as it stands: a camera, a node, events, playing while it records, a file, a clean end.</summary>
public sealed class FirstNodeGuideSpecs(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Every_command_of_the_first_node_does_what_the_guide_says()
    {
        await using var shell = new GuideShell("docs/guide/first-node.md");
        await shell.TypeAsync("ready ");
        await shell.TypeAsync("recorder serves ");
        var listed = await shell.TypeAsync("hall: recording\n");
        listed.ShouldMatch(@"hall +recording.* floor=2 +rtsp://127\.0\.0\.1");
        var events = await shell.TypeAsync("  durable ");
        events.ShouldMatch("hall  start .* video/mp4");
        events.ShouldContain("hall  dataavailable  blob 1, ");
        events.Count(c => c == '\n').ShouldBe(9);

        var url = (await shell.TypeAsync("/media.mp4")).Trim();
        await PlaysAsync(await chromium.OpenAsync(shell.Address), url);

        (await shell.TypeAsync(" in hall.mp4\n")).ShouldStartWith("hall: ");
        await IsFinishedAsync(shell["hall.mp4"]);
        (await shell.TypeAsync("all is well")).ShouldStartWith("hall: inactive\n");
        await shell.TypeAsync("");
        shell.Left.ShouldBe(0);
    }

    // What there was when it was asked for plays and can be sought in; asked again, there is more.
    private static async Task PlaysAsync(IPage page, string url)
    {
        const string Video = "document.querySelector('video')";
        const string Loaded = $"() => {Video}.readyState >= 2";
        await page.EvaluateAsync($"url => {{ {Video}.src = url; {Video}.play(); }}", url);
        await page.WaitForFunctionAsync($"() => {Video}.currentTime > 0.5");
        var duration = await page.EvaluateAsync<double>($"() => {Video}.duration");
        await page.EvaluateAsync($"to => {{ {Video}.pause(); {Video}.currentTime = to; }}", duration / 2);
        await page.WaitForFunctionAsync($"() => !{Video}.seeking && {Video}.readyState >= 2");
        (await page.EvaluateAsync<double>($"() => {Video}.currentTime")).ShouldBe(duration / 2, 0.05);

        // Asked here: a predicate that is async is a promise to WaitForFunctionAsync, and that is true at once.
        using var client = new HttpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await MediaToAsync(client, url, limit.Token) <= duration + 1)
            await Task.Delay(200, limit.Token);

        await page.EvaluateAsync($"url => {{ {Video}.src = url; {Video}.load(); }}", url);
        await page.WaitForFunctionAsync(Loaded);
        (await page.EvaluateAsync<double>($"() => {Video}.duration")).ShouldBeGreaterThan(duration);
        await page.CloseAsync();
    }

    private static async Task<double> MediaToAsync(HttpClient client, string url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, url);
        using var answer = await client.SendAsync(request, cancellationToken);
        return double.Parse(answer.Headers.GetValues("Media-To").Single(), CultureInfo.InvariantCulture);
    }

    private static async Task IsFinishedAsync(string file)
    {
        (await RunAsync("ffmpeg", $"-v error -xerror -i {file} -f null -")).ShouldBe("");
        var duration = await RunAsync("ffprobe", $"-v error -show_entries format=duration -of csv=p=0 {file}");
        double.Parse(duration, CultureInfo.InvariantCulture).ShouldBeGreaterThan(2);
        var sought = $"-v error -read_intervals 1.5%+#1 -select_streams v -show_entries packet=flags -of csv=p=0 {file}";
        (await RunAsync("ffprobe", sought))
            .ShouldStartWith("K", Case.Sensitive, "a seek lands on a key frame");
        var bytes = (await File.ReadAllBytesAsync(file)).AsSpan();
        bytes.IndexOf("moov"u8).ShouldBeInRange(0, bytes.IndexOf("mdat"u8));
    }

    private static async Task<string> RunAsync(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await error);
        return await output + await error;
    }
}
