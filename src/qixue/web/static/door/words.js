// The words of the page in both languages, as the server wrote them into it; changing the language needs no network.
const all = JSON.parse(document.getElementById("words").textContent);
const timeZone = "Asia/Shanghai"; // as everywhere in Qixue, also on a phone that is set to another zone
let language = document.documentElement.lang;

export const languages = () => Object.keys(all);
export const currentLanguage = () => language;

/** The sentence of that name; `{count}` and the like are replaced by the values. */
export function word(name, values = {}) {
  const sentence = all[language][name];
  if (sentence === undefined) throw new Error(`there is no word ${name}`);
  return sentence.replace(/\{(\w+)\}/g, (_match, key) => String(values[key]));
}

/** Every element of the page that names a word gets it in that language. */
export function speak(chosen) {
  if (chosen in all) language = chosen;
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
}

/** For the name of a file: 202611280613. */
export const stamp = (moment) => new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone }).format(moment).replace(/\D/g, "");

export const time = (moment) =>
  new Intl.DateTimeFormat(language === "en" ? "en-GB" : "zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone }).format(new Date(moment));

/** The time of what is today, else with its day. */
export const timeOrDay = (moment, at) => {
  const isToday = stamp(new Date(moment)).slice(0, 8) === stamp(new Date(at)).slice(0, 8);
  return isToday ? time(moment) : dayAndTime(moment);
};

export const dayAndTime = (moment) =>
  new Intl.DateTimeFormat(language === "en" ? "en-GB" : "zh-CN", {
    month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false, timeZone,
  }).format(new Date(moment));
